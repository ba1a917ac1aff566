package org.virtsound.plugin.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** From an HTTP request to a {@link Request}, and from an {@link Answer} to a response. */
final class RequestHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger log = Logger.getLogger(RequestHandler.class.getName());

    private final Resources resources;
    private final @Nullable EventHub events;

    /** @param events null where nobody may listen */
    RequestHandler(Resources resources, @Nullable EventHub events) {
        this.resources = resources;
        this.events = events;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest http) {
        if (!http.decoderResult().isSuccess()) {
            write(
                    ctx,
                    Answer.error(
                            400,
                            "no HTTP request: " + http.decoderResult().cause().getMessage()),
                    false);
            return;
        }
        boolean keepAlive = HttpUtil.isKeepAlive(http);
        Request request;
        try {
            request = request(ctx, http);
        } catch (IllegalArgumentException e) {
            write(ctx, Answer.of(e), keepAlive);
            return;
        }
        if (events != null && request.method().equals("GET") && request.path().equals(List.of("events"))) {
            events.subscribe(ctx.channel());
            ctx.read(); // for the end of the connection, which is all that is to come
            return;
        }
        answer(request)
                .whenCompleteAsync(
                        (answer, failure) -> {
                            if (failure != null) {
                                log.log(Level.SEVERE, "control: " + request.method() + " " + http.uri(), failure);
                                write(ctx, Answer.error(500, "failed; the daemon's log says why"), false);
                            } else {
                                write(ctx, answer, keepAlive);
                            }
                        },
                        ctx.executor());
    }

    /** Also what goes wrong before there is a future is answered. */
    private CompletableFuture<Answer> answer(Request request) {
        try {
            return resources.answer(request);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static Request request(ChannelHandlerContext ctx, FullHttpRequest http) {
        // Cut first: an escaped slash belongs to its segment, as in local%2Fbrowser.
        List<String> segments = Arrays.stream(
                        new QueryStringDecoder(http.uri()).rawPath().split("/"))
                .filter(s -> !s.isEmpty())
                .map(s -> QueryStringDecoder.decodeComponent(s.replace("+", "%2B"))) // a space in a query alone
                .toList();
        ByteBuf content = http.content();
        Map<String, Object> body = content.isReadable() ? Json.parse(content.toString(UTF_8)) : Map.of();
        return new Request(
                http.method().name(),
                segments,
                body,
                Objects.requireNonNullElse(ctx.channel().attr(PeerGate.PEER).get(), "somebody on this machine"));
    }

    private static void write(ChannelHandlerContext ctx, Answer answer, boolean keepAlive) {
        var written = ctx.writeAndFlush(response(ctx, answer, keepAlive));
        if (!keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** @return to be written; it holds a buffer */
    static FullHttpResponse response(ChannelHandlerContext ctx, Answer answer, boolean keepAlive) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()),
                ByteBufUtil.writeUtf8(ctx.alloc(), answer.body()));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
                .setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
        HttpUtil.setKeepAlive(response, keepAlive);
        return response;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.log(Level.FINE, "control: connection: " + cause);
        ctx.close();
    }
}
