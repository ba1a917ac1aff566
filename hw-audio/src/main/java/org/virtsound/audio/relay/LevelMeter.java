package org.virtsound.audio.relay;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import org.virtsound.audio.stream.SampleFormat;

/**
 * The peak of what passes through a stream, all channels together. Samples are read only for some seconds after each look, so that
 * it costs nothing while nobody looks. Owned by the audio loop.
 */
final class LevelMeter {
    /** Lower is silence. */
    static final double FLOOR_DBFS = -120;

    private static final long LOOKED_AT_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** Two who look at the same time see the same. */
    private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

    private final SampleFormat format;
    private long takenNanos;
    private boolean looked;
    private double peak;
    private double takenDbfs = Double.NaN;

    LevelMeter(SampleFormat format) {
        this.format = format;
    }

    /** Reads the block's samples, where somebody looks; its indices stay. */
    void passed(ByteBuf block) {
        if (looked) {
            looked = System.nanoTime() - takenNanos < LOOKED_AT_NANOS;
            peak = Math.max(peak, peak(block));
        }
    }

    /** @return the peak since the last look, 0 at full scale; NaN at a first look, and where the format has no plain samples */
    double takeDbfs() {
        long now = System.nanoTime();
        if (looked && now - takenNanos < WINDOW_NANOS) {
            return takenDbfs;
        }
        boolean measured = looked && format != SampleFormat.ALAW && format != SampleFormat.ULAW;
        takenDbfs = measured ? Math.max(FLOOR_DBFS, 20 * Math.log10(peak)) : Double.NaN;
        takenNanos = now;
        looked = true;
        peak = 0;
        return takenDbfs;
    }

    /** One plain loop a format: this runs for each sample. */
    private double peak(ByteBuf block) {
        int at = block.readerIndex();
        int end = block.writerIndex() - format.sizeBytes();
        int step = format.sizeBytes();
        long whole = 0;
        float real = 0;
        switch (format) {
            case U8 -> {
                for (; at <= end; at += step) {
                    whole = Math.max(whole, Math.abs(block.getUnsignedByte(at) - 0x80));
                }
                return whole / 128.0;
            }
            case S16LE -> {
                for (; at <= end; at += step) {
                    whole = Math.max(whole, Math.abs(block.getShortLE(at)));
                }
                return whole / 32_768.0;
            }
            case S16BE -> {
                for (; at <= end; at += step) {
                    whole = Math.max(whole, Math.abs(block.getShort(at)));
                }
                return whole / 32_768.0;
            }
            case S24LE, S24_32LE -> {
                for (; at <= end; at += step) {
                    whole = Math.max(whole, Math.abs(block.getMediumLE(at)));
                }
                return whole / 8_388_608.0;
            }
            case S24BE, S24_32BE -> {
                for (at += step - 3; at <= end + step - 3; at += step) {
                    whole = Math.max(whole, Math.abs(block.getMedium(at)));
                }
                return whole / 8_388_608.0;
            }
            case S32LE -> {
                for (; at <= end; at += step) {
                    whole = Math.max(whole, Math.abs((long) block.getIntLE(at)));
                }
                return whole / 2_147_483_648.0;
            }
            case S32BE -> {
                for (; at <= end; at += step) {
                    whole = Math.max(whole, Math.abs((long) block.getInt(at)));
                }
                return whole / 2_147_483_648.0;
            }
            case FLOAT32LE -> {
                for (; at <= end; at += step) {
                    real = Math.max(real, Math.abs(block.getFloatLE(at)));
                }
                return Float.isFinite(real) ? real : 1;
            }
            case FLOAT32BE -> {
                for (; at <= end; at += step) {
                    real = Math.max(real, Math.abs(block.getFloat(at)));
                }
                return Float.isFinite(real) ? real : 1;
            }
            case ALAW, ULAW -> {
                return 0;
            }
        }
        return 0;
    }
}
