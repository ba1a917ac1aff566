package org.virtsound.audio.guest;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.virtsound.audio.pulse.FrameDecoder;
import org.virtsound.audio.pulse.FrameListener;
import org.virtsound.audio.pulse.ProtocolException;
import org.virtsound.audio.relay.GuestLimits;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.audio.relay.RelayConnection;
import org.virtsound.audio.stream.SeekMode;

/**
 * One connection of one guest, from accepted to closed; whatever goes wrong in it ends it and nothing else. Owned by the audio loop.
 */
final class GuestConnection extends ChannelInboundHandlerAdapter implements FrameListener {
    private static final Logger LOG = Logger.getLogger(GuestConnection.class.getName());
    private static final String THROTTLE = "throttle";
    private static final String FRAMES = "frames";
    private static final String SESSION = "session";

    private final Channel channel;
    private final RelayConnection relay;
    private final GuestOut out;
    private final GuestSession session;
    private final Future<?> authDeadline;
    private boolean broken;

    private GuestConnection(Channel channel, RelayConnection relay) {
        this.channel = channel;
        this.relay = relay;
        GuestLimits limits = relay.limits();
        out = new GuestOut(
                channel,
                relay::queueIsFull,
                () -> broken("queued-bytes", "more than " + limits.queuedBytes() + " bytes unread"));
        session = new GuestSession(channel.eventLoop(), relay, out, this::closeBehindWrites);
        authDeadline = channel.eventLoop().schedule(this::checkAuth, limits.authSeconds(), TimeUnit.SECONDS);
    }

    /** Makes {@code channel}, just accepted, a connection of {@code guest}; closes it where the guest may have no more. */
    static void accept(Channel channel, GuestRelay guest) {
        RelayConnection relay = guest.connect(channel::close);
        if (relay == null) {
            channel.close();
            return;
        }
        GuestConnection connection = new GuestConnection(channel, relay);
        relay.queued(connection::queuedBytes);
        GuestLimits limits = relay.limits();
        channel.pipeline()
                .addLast(THROTTLE, new Throttle(relay))
                .addLast(FRAMES, new FrameDecoder(limits.controlBytes(), limits.memblockBytes(), connection))
                .addLast(SESSION, connection);
    }

    @Override
    public void control(ByteBuf packet) {
        out.beginBatch();
        session.control(packet);
    }

    @Override
    public void memblock(int streamChannel, long offsetBytes, SeekMode seek, ByteBuf payload) {
        out.beginBatch();
        session.memblock(streamChannel, offsetBytes, seek, payload);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        out.endBatch();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        session.pump();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof ProtocolException) {
            broken("protocol", String.valueOf(cause.getMessage()));
        } else if (cause instanceof IOException) {
            ctx.close();
        } else {
            LOG.log(Level.SEVERE, "guest '" + relay.guest().name() + "': connection closed", cause);
            broken("internal", String.valueOf(cause));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        authDeadline.cancel(false);
        session.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        out.release();
    }

    private void checkAuth() {
        if (!session.isAuthorized()) {
            broken("auth-s", "no AUTH within " + relay.limits().authSeconds() + " s");
        }
    }

    private void broken(String limit, String detail) {
        if (!broken && channel.isOpen()) {
            broken = true;
            relay.broken(limit, detail);
            channel.close();
        }
    }

    private void closeBehindWrites() {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    private long queuedBytes() {
        return out.pendingBytes() + session.waitingBytes();
    }
}
