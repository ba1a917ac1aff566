package org.virtsound.audio.guest;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.relay.MicListener;
import org.virtsound.audio.relay.RelayConnection;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.RecordStream;
import org.virtsound.audio.stream.StreamOpened;
import org.virtsound.audio.stream.Timing;
import org.virtsound.audio.vchan.Vchan;

/**
 * A Qubes guest's microphone: a record stream while the guest wants one (the relay decides whether it is the host's or silence),
 * and what of it the guest has no room for yet; that waits for a bounded time, then the oldest goes and is counted. Owned by the
 * audio loop, as the waiting blocks are.
 *
 * <p>Source: qubes-audio.md, 3 and 4.
 */
final class QubesCapture implements MicListener {
    /** 46 ms; as much again may lie in the guest's ring. */
    private static final int WAITING_MAX_BYTES = 8 << 10;

    private final RelayConnection connection;
    private final Vchan channel;
    private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private long sentBytes;
    private @Nullable RecordStream stream;

    QubesCapture(RelayConnection connection, Vchan channel) {
        this.connection = connection;
        this.channel = channel;
        connection.queued(() -> waitingBytes);
    }

    boolean isOn() {
        return stream != null;
    }

    void start() {
        if (stream == null && connection.mayOpen(QubesPcm.SPEC)) {
            stream = connection.record(QubesPcm.microphone(), this);
        }
    }

    void stop() {
        if (stream != null) {
            stream.close();
            stream = null;
            recalled();
        }
    }

    /** Hands the guest what it has room for. */
    void flush() {
        for (ByteBuf block; (block = waiting.peek()) != null; ) {
            int put = channel.write(block);
            if (put > 0) {
                sentBytes += put;
                waitingBytes -= put;
            }
            if (block.isReadable()) {
                return;
            }
            waiting.remove().release();
        }
    }

    @Override
    public void fragment(ByteBuf fragment) {
        ByteBuf block = fragment;
        if (!fragment.hasMemoryAddress()) {
            block = PooledByteBufAllocator.DEFAULT.directBuffer(fragment.readableBytes());
            block.writeBytes(fragment);
            fragment.release();
        }
        waitingBytes += block.readableBytes();
        waiting.add(block);
        flush();
        int surplus = waitingBytes - WAITING_MAX_BYTES;
        if (surplus > 0) {
            // Whole frames, counted from wherever the ring stands: left stays left.
            dropOldest((surplus + QubesPcm.FRAME_BYTES - 1) & -QubesPcm.FRAME_BYTES);
        }
    }

    private void dropOldest(int bytes) {
        connection.dropped(bytes);
        int left = bytes;
        while (left > 0) {
            ByteBuf block = waiting.element();
            int from = Math.min(left, block.readableBytes());
            block.skipBytes(from);
            left -= from;
            waitingBytes -= from;
            if (!block.isReadable()) {
                waiting.remove().release();
            }
        }
    }

    /** Nothing of the microphone goes out any more but, as zeros, the rest of a frame that is half out. */
    @Override
    public void recalled() {
        release();
        int rest = (int) (-sentBytes & (QubesPcm.FRAME_BYTES - 1));
        if (rest > 0) {
            waiting.add(PooledByteBufAllocator.DEFAULT.directBuffer(rest).writeZero(rest));
            waitingBytes = rest;
            flush();
        }
    }

    /** Lets go of what waits. */
    void release() {
        waiting.forEach(ByteBuf::release);
        waiting.clear();
        waitingBytes = 0;
    }

    /** The guest may ask again. */
    @Override
    public void ended(ErrorCode error) {
        stream = null;
        recalled();
    }

    @Override
    public void opened(StreamOpened opened) {}

    @Override
    public void timing(int tag, int localS, int localUs, Timing timing) {}

    @Override
    public void bufferAttr(BufferAttr attr, long deviceLatencyUs) {}

    @Override
    public void suspended(boolean suspended) {}

    @Override
    public void moved(BufferAttr attr, long deviceLatencyUs, boolean suspended) {}
}
