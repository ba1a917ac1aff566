package org.virtsound.audio.guest;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.virtsound.audio.relay.RelayConnection;

/** Stands before everything else of a connection and stops reading it while its guest takes too much of the audio loop. */
final class Throttle extends ChannelInboundHandlerAdapter {
    private static final int PAUSE_MS = 10;

    private final RelayConnection relay;

    Throttle(RelayConnection relay) {
        this.relay = relay;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        long before = System.nanoTime();
        ctx.fireChannelRead(message);
        if (relay.takesTooMuch(System.nanoTime() - before)
                && ctx.channel().config().isAutoRead()) {
            ctx.channel().config().setAutoRead(false);
            var unused = ctx.channel()
                    .eventLoop()
                    .schedule(() -> ctx.channel().config().setAutoRead(true), PAUSE_MS, TimeUnit.MILLISECONDS);
        }
    }
}
