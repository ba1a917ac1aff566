package org.virtsound.audio.host;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import org.virtsound.audio.pulse.Frames;
import org.virtsound.audio.stream.SampleFormat;

/** Digital silence, one block of it for each byte that it is made of, shared by all streams of the process. Read only by custom. */
final class Silence implements PcmInput {
    private static final Silence ZERO = new Silence((byte) 0);
    private static final Silence U8 = new Silence(SampleFormat.U8.silence());
    private static final Silence ALAW = new Silence(SampleFormat.ALAW.silence());
    private static final Silence ULAW = new Silence(SampleFormat.ULAW.silence());

    private final ByteBuf block;

    private Silence(byte value) {
        block = PooledByteBufAllocator.DEFAULT.directBuffer(Frames.MEMBLOCK_USUAL_MAX, Frames.MEMBLOCK_USUAL_MAX);
        for (int i = 0; i < Frames.MEMBLOCK_USUAL_MAX; i++) {
            block.writeByte(value);
        }
    }

    static Silence of(SampleFormat format) {
        return switch (format) {
            case U8 -> U8;
            case ALAW -> ALAW;
            case ULAW -> ULAW;
            default -> ZERO;
        };
    }

    /** @return the longest block of whole frames that there is, bytes */
    @Override
    public int longest(int frameBytes) {
        return Frames.MEMBLOCK_USUAL_MAX / frameBytes * frameBytes;
    }

    /** @return a view of that many bytes; released by who gets it, never written to */
    ByteBuf bytes(int bytes) {
        return block.retainedSlice(0, bytes);
    }

    @Override
    public ByteBuf read(int bytes) {
        return bytes(bytes);
    }
}
