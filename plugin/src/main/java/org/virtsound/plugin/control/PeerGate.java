package org.virtsound.plugin.control;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.PeerCredentials;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.logging.Level;
import java.util.logging.Logger;

/** First in the pipeline: reads nothing of a peer before it is known to be allowed, and closes on one that is not. */
final class PeerGate extends ChannelInboundHandlerAdapter {
    /** Who it is, for people. */
    static final AttributeKey<String> PEER = AttributeKey.valueOf(PeerGate.class, "peer");

    private static final Logger log = Logger.getLogger(PeerGate.class.getName());

    private final Peers peers;
    private final Executor blocking;

    PeerGate(Peers peers, Executor blocking) {
        this.peers = peers;
        this.blocking = blocking;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws IOException {
        PeerCredentials credentials = ((EpollDomainSocketChannel) ctx.channel()).peerCredentials();
        int uid = credentials.uid();
        if (peers.isOwner(uid)) {
            admit(ctx, uid, peers.owner(uid));
            return;
        }
        CompletableFuture.supplyAsync(() -> peers.member(uid), blocking)
                .thenAcceptAsync(
                        member -> {
                            if (member.isPresent()) {
                                admit(ctx, uid, member.get());
                            } else {
                                log.log(Level.WARNING, "control: uid " + uid + " is not in the group; refused");
                                ctx.close();
                            }
                        },
                        ctx.executor());
    }

    private void admit(ChannelHandlerContext ctx, int uid, String name) {
        ctx.channel().attr(PEER).set(name + " (uid " + Integer.toUnsignedString(uid) + ")");
        ctx.fireChannelActive();
        ctx.pipeline().remove(this);
        ctx.channel().config().setAutoRead(true);
        ctx.read();
    }
}
