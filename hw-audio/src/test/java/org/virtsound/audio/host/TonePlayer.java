package org.virtsound.audio.host;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import org.virtsound.audio.stream.SampleSpec;

/** A player of a sine, s16le, as loud as half of full scale; answers every credit at once. */
class TonePlayer extends PlayerLog {
    private final SampleSpec spec;
    private final double hz;
    private long frame;

    TonePlayer(SampleSpec spec, double hz) {
        this.spec = spec;
        this.hz = hz;
        keepsUp = true;
    }

    @Override
    ByteBuf block(int bytes) {
        ByteBuf block = PooledByteBufAllocator.DEFAULT.directBuffer(bytes, bytes);
        for (int i = 0; i < bytes / spec.frameBytes(); i++, frame++) {
            short sample = (short) (16_384 * Math.sin(2 * Math.PI * hz * frame / spec.rateHz()));
            for (int channel = 0; channel < spec.channels(); channel++) {
                block.writeShortLE(sample);
            }
        }
        return block;
    }
}
