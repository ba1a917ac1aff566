package org.virtsound.plugin.control;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Closes on whoever comes while so many are there. One for all connections of a socket, on their one thread. */
@ChannelHandler.Sharable
final class ConnectionLimit extends ChannelInboundHandlerAdapter {
    private static final Logger log = Logger.getLogger(ConnectionLimit.class.getName());

    private final String socket;
    private final int max;
    private int open;
    private boolean told;

    /** @param socket for people */
    ConnectionLimit(String socket, int max) {
        this.socket = socket;
        this.max = max;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (open == max) {
            // Once, for whoever may connect could fill the log.
            log.log(
                    told ? Level.FINE : Level.WARNING,
                    socket + ": " + max + " connections are open (expected: fewer); one more is closed");
            told = true;
            ctx.close();
            return;
        }
        open++;
        ctx.channel().closeFuture().addListener(closed -> open--);
        ctx.fireChannelActive();
    }
}
