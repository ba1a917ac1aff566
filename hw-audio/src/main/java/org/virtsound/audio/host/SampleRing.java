package org.virtsound.audio.host;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The audio between a stream's read and write index, by index, so that blocks may come in any order and over each other; what was
 * never written is silence. It grows with what is really queued, up to a bound; beyond the bound samples are lost, never the place.
 * Owned by the audio loop; its memory is released by {@link #close}.
 */
final class SampleRing {
    private static final int SMALLEST_BYTES = 16 << 10;

    private final int boundBytes;
    private final byte silence;
    private @Nullable ByteBuf memory;
    private @Nullable ByteBuffer view;
    /** What the memory holds: indices from {@code low} to {@code high}, {@code high - low <= capacity}. */
    private long low;

    private long high;

    /** @param boundBytes a power of two */
    SampleRing(int boundBytes, byte silence) {
        this.boundBytes = boundBytes;
        this.silence = silence;
    }

    /** @param block its readable bytes are copied; stays the caller's */
    void write(long index, ByteBuf block) {
        long from = Math.max(index, low);
        long to = Math.min(index + block.readableBytes(), low + boundBytes);
        if (to <= from) {
            return;
        }
        reserve(to - low);
        if (from > high) {
            silence(high, from);
        }
        for (long at = from; at < to; ) {
            ByteBuffer run = run(at, to);
            block.getBytes(block.readerIndex() + (int) (at - index), run);
            at += run.position() - (at & (capacity() - 1));
        }
        high = Math.max(high, to);
    }

    /** Forgets what lies before {@code index}. */
    void readUpTo(long index) {
        low = Math.max(low, index);
        high = Math.max(high, low);
    }

    /** Forgets everything; what comes next starts at {@code index}. */
    void restart(long index) {
        low = index;
        high = index;
    }

    /**
     * @param index at or after what was read last
     * @return up to {@code bytes} from {@code index} on, at least one, in one piece; lent until the next call. Null where nothing
     *     was written there or later: silence.
     */
    @Nullable
    ByteBuffer at(long index, long bytes) {
        return index < low || index >= high ? null : run(index, Math.min(high, index + bytes));
    }

    void close() {
        if (memory != null) {
            memory.release();
            memory = null;
            view = null;
        }
        restart(low);
    }

    private int capacity() {
        return memory == null ? 0 : memory.capacity();
    }

    private void reserve(long bytes) {
        ByteBuf old = memory;
        if (old != null && old.capacity() >= bytes) {
            return;
        }
        int capacity = Math.max(SMALLEST_BYTES, Integer.highestOneBit((int) bytes - 1) << 1);
        ByteBuf grown = PooledByteBufAllocator.DEFAULT.directBuffer(capacity, capacity);
        ByteBuffer target = grown.nioBuffer(0, capacity);
        if (old != null) {
            for (long at = low; at < high; ) {
                ByteBuffer run = run(at, high);
                at += run.remaining();
                while (run.hasRemaining()) {
                    long index = at - run.remaining();
                    int to = (int) (index & (capacity - 1));
                    int length = Math.min(run.remaining(), capacity - to);
                    target.put(to, run, run.position(), length);
                    run.position(run.position() + length);
                }
            }
            old.release();
        }
        memory = grown;
        view = target;
    }

    private void silence(long from, long to) {
        for (long at = from; at < to; ) {
            ByteBuffer run = run(at, to);
            at += run.remaining();
            while (run.hasRemaining()) {
                run.put(silence);
            }
        }
    }

    /** @return from {@code from} as far as it lies in one piece */
    private ByteBuffer run(long from, long to) {
        ByteBuffer all = view;
        if (all == null) {
            throw new IllegalStateException("ring has no memory");
        }
        int start = (int) (from & (capacity() - 1));
        int length = (int) Math.min(to - from, capacity() - start);
        all.clear().position(start).limit(start + length);
        return all;
    }
}
