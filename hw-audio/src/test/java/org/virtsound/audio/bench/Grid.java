package org.virtsound.audio.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;

/**
 * Sound in which each frame carries its own number, so that it is known again wherever it comes out; and when each millisecond of
 * it was written. Owned by the load's event loop.
 *
 * <p>16 bits go left, 16 right; the two are never both 0, which is silence.
 */
final class Grid {
    private static final int STEP_FRAMES = Bench.SPEC.rateHz() / 1000;
    static final int STEPS = 1 << 20;

    private final long[] writtenNs = new long[STEPS];

    /** @return {@code frames} frames from number {@code first} on, noted as written now */
    ByteBuf written(long first, int frames) {
        long now = System.nanoTime();
        ByteBuf pcm = PooledByteBufAllocator.DEFAULT.directBuffer(frames * Bench.SPEC.frameBytes());
        for (long frame = first; frame < first + frames; frame++) {
            pcm.writeIntLE((int) (frame + 1));
            if (frame % STEP_FRAMES == 0) {
                writtenNs[(int) (frame / STEP_FRAMES) % STEPS] = now;
            }
        }
        return pcm;
    }

    /** What a fragment tells when it arrives. */
    interface Arrivals {
        /** @param step a millisecond of the sound; it arrived {@code sinceWrittenNs} after it was written */
        void arrived(int step, long sinceWrittenNs);
    }

    void read(ByteBuf fragment, Arrivals arrivals) {
        long now = System.nanoTime();
        int frameBytes = Bench.SPEC.frameBytes();
        for (int at = fragment.readerIndex(); at + frameBytes <= fragment.writerIndex(); at += frameBytes) {
            int frame = fragment.getIntLE(at) - 1;
            if (frame >= 0 && frame % STEP_FRAMES == 0) {
                int step = frame / STEP_FRAMES % STEPS;
                if (writtenNs[step] != 0) {
                    arrivals.arrived(step, now - writtenNs[step]);
                }
            }
        }
    }
}
