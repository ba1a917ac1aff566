package org.virtsound.plugin.control;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request at a time: until the peer has its answer nothing more is read, and what was read along with it waits. A peer that takes
 * longer than {@link #PATIENCE_S} over a request, or over taking an answer, is closed; one with an answer that has no end is not.
 */
final class Turns extends ChannelDuplexHandler {
    static final int PATIENCE_S = 30;

    private final Deque<Object> behind = new ArrayDeque<>();
    private @Nullable Future<?> patience;
    /** The request is here to its end; one that is too large is answered before. */
    private boolean asked;

    private boolean answered;
    /** The peer has its answer, and may have another. */
    private boolean taken = true;

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoRead(false);
        ctx.fireChannelActive();
        waitForPeer(ctx);
        ctx.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object part) {
        behind.add(part);
        passOn(ctx);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.fireChannelReadComplete();
        readOn(ctx);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object answer, ChannelPromise promise) {
        if (answer instanceof FullHttpResponse whole && whole.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
            answered = true;
            waitForPeer(ctx);
            if (HttpUtil.isKeepAlive(whole)) {
                // Not at once: the next one may be answered at once, too, and so on down the stack.
                promise.addListener(written -> ctx.executor().execute(() -> goOn(ctx)));
            }
        }
        ctx.write(answer, promise);
    }

    private void goOn(ChannelHandlerContext ctx) {
        taken = true;
        waitForPeer(ctx);
        passOn(ctx);
        readOn(ctx);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        waitNoLonger();
        behind.forEach(ReferenceCountUtil::release);
        behind.clear();
    }

    private void passOn(ChannelHandlerContext ctx) {
        while (!behind.isEmpty() && ctx.channel().isActive()) {
            if (behind.element() instanceof HttpRequest) {
                if (!taken) {
                    return;
                }
                answered = false;
                taken = false;
            }
            Object part = behind.remove();
            asked = part instanceof LastHttpContent;
            if (asked && !answered) {
                waitNoLonger();
            }
            ctx.fireChannelRead(part);
        }
    }

    private void readOn(ChannelHandlerContext ctx) {
        if (!asked || taken) {
            ctx.read();
        }
    }

    private void waitForPeer(ChannelHandlerContext ctx) {
        waitNoLonger();
        if (!ctx.channel().isActive()) {
            return;
        }
        patience = ctx.executor().schedule((Runnable) ctx::close, PATIENCE_S, TimeUnit.SECONDS);
    }

    private void waitNoLonger() {
        if (patience != null) {
            patience.cancel(false);
        }
    }
}
