package org.virtsound.audio.pulse;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.SeekMode;

/**
 * Cuts the byte stream of one connection into frames and hands them to a {@link FrameListener}; owned by the channel's event loop.
 *
 * <p>A payload that arrived in one piece, as nearly all do, is a retained slice of the receive buffer; one that came in pieces is
 * gathered in a buffer of its size, which is allocated once the length has passed the bounds. With Netty's pooled allocator
 * neither makes garbage. A slice begins with the room that its own header had, which nobody needs any more, before its reader
 * index.
 *
 * <p>A bad frame, and anything the listener throws, is fired as {@code exceptionCaught} to the handlers behind, and the channel is
 * closed; what was received after it is thrown away. So is what lies behind a frame on which the listener closed the channel.
 *
 * <p>Source: native-protocol.md, 1. Shared memory is never negotiated, so each of its flags is an error.
 */
public final class FrameDecoder extends ChannelInboundHandlerAdapter {
    private enum State {
        HEADER,
        CONTROL,
        MEMBLOCK,
        BROKEN
    }

    private final int controlMax;
    private final int memblockMax;
    private final FrameListener listener;
    private final ByteBuf header = Unpooled.buffer(Frames.HEADER_BYTES, Frames.HEADER_BYTES);

    private State state = State.HEADER;
    private int length;
    private int channel;
    private long offsetBytes;
    private SeekMode seek = SeekMode.RELATIVE;
    /** Header and payload lie side by side in the buffer that is being read. */
    private boolean headerBefore;
    /** Ours until it is full; null while nothing of the payload has come. */
    private @Nullable ByteBuf gathered;

    /**
     * @param controlMaxBytes the longest control packet to take
     * @param memblockMaxBytes the longest block of audio to take
     */
    public FrameDecoder(int controlMaxBytes, int memblockMaxBytes, FrameListener listener) {
        this.controlMax = Math.min(controlMaxBytes, Frames.LENGTH_MAX);
        this.memblockMax = Math.min(memblockMaxBytes, Frames.LENGTH_MAX);
        this.listener = Objects.requireNonNull(listener, "listener is null");
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            while (state != State.BROKEN && in.isReadable() && ctx.channel().isOpen()) {
                step(ctx, in);
            }
        } catch (RuntimeException e) {
            state = State.BROKEN;
            ctx.fireExceptionCaught(e);
            ctx.close();
        } finally {
            headerBefore = false;
            in.release();
        }
    }

    private void step(ChannelHandlerContext ctx, ByteBuf in) {
        if (state == State.HEADER) {
            headerBefore = header.writerIndex() == 0 && in.readableBytes() >= Frames.HEADER_BYTES;
            if (headerBefore) {
                readHeader(in);
                return;
            }
            in.readBytes(header, Math.min(in.readableBytes(), header.writableBytes()));
            if (!header.isWritable()) {
                readHeader(header);
                header.clear();
            }
            return;
        }
        ByteBuf payload = payload(ctx, in);
        if (payload == null) {
            return;
        }
        boolean control = state == State.CONTROL;
        state = State.HEADER;
        if (!control) {
            listener.memblock(channel, offsetBytes, seek, payload);
            return;
        }
        try {
            listener.control(payload);
        } finally {
            payload.release();
        }
    }

    private void readHeader(ByteBuf from) {
        length = from.readInt();
        channel = from.readInt();
        offsetBytes = from.readLong();
        int flags = from.readInt();
        if (channel == Frames.CONTROL_CHANNEL) {
            if (flags != 0) {
                throw new ProtocolException("control frame's flags: 0x%08x (expected: 0)".formatted(flags));
            }
            checkLength("control frame", Frames.CONTROL_MIN, controlMax);
            state = State.CONTROL;
            return;
        }
        if ((flags & ~Frames.SEEK_MASK) != 0) {
            throw new ProtocolException("memblock's flags: 0x%08x (expected: <= 0x%02x, no shared memory)"
                    .formatted(flags, Frames.SEEK_MASK));
        }
        if (flags > Frames.SEEK_MAX) {
            throw new ProtocolException("memblock's seek mode: " + flags + " (expected: <= 3)");
        }
        checkLength("memblock", 1, memblockMax);
        seek = SeekMode.of(flags);
        state = State.MEMBLOCK;
    }

    private void checkLength(String what, int min, int max) {
        if (Integer.compareUnsigned(length, max) > 0) {
            throw new ProtocolException(
                    what + "'s length: " + Integer.toUnsignedString(length) + " (expected: <= " + max + ")");
        }
        if (length < min) {
            throw new ProtocolException(what + "'s length: " + length + " (expected: >= " + min + ")");
        }
    }

    /** @return the whole payload, for the caller to release; null while some of it is still to come */
    private @Nullable ByteBuf payload(ChannelHandlerContext ctx, ByteBuf in) {
        ByteBuf whole = gathered;
        if (whole == null) {
            if (in.readableBytes() >= length) {
                return headerBefore ? sliceWithRoom(in) : in.readRetainedSlice(length);
            }
            whole = ctx.alloc().directBuffer(length, length);
            gathered = whole;
        }
        in.readBytes(whole, Math.min(in.readableBytes(), whole.writableBytes()));
        if (whole.isWritable()) {
            return null;
        }
        gathered = null;
        return whole;
    }

    private ByteBuf sliceWithRoom(ByteBuf in) {
        int room = Frames.HEADER_BYTES;
        ByteBuf slice = in.retainedSlice(in.readerIndex() - room, room + length);
        in.skipBytes(length);
        return slice.readerIndex(room);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        state = State.BROKEN;
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
    }
}
