package org.virtsound.plugin.control;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.PeerCredentials;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.util.concurrent.Executor;

/** First in the pipeline: lets nothing of a peer be read before it is known to be allowed, and closes on one that is not. */
final class PeerGate extends ChannelInboundHandlerAdapter {
    /** Who it is, for people. */
    static final AttributeKey<String> PEER = AttributeKey.valueOf(PeerGate.class, "peer");

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
        peers.member(uid, blocking)
                .thenAcceptAsync(
                        member -> member.ifPresentOrElse(name -> admit(ctx, uid, name), ctx::close), ctx.executor());
    }

    private void admit(ChannelHandlerContext ctx, int uid, String name) {
        ctx.channel().attr(PEER).set(name + " (uid " + Integer.toUnsignedString(uid) + ")");
        ctx.fireChannelActive();
        ctx.pipeline().remove(this);
    }
}
