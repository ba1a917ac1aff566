package org.virtsound.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** A recording (s16, mono, 48 kHz), measured. */
public final class Tone {
    public static final int RATE_HZ = 48_000;
    private static final int WINDOW = RATE_HZ / 200;

    private final short[] samples;

    private Tone(short[] samples) {
        this.samples = samples;
    }

    /** @param s16le as parec writes it */
    public static Tone of(byte[] s16le) {
        short[] samples = new short[s16le.length / 2];
        ByteBuffer.wrap(s16le).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(samples);
        return new Tone(samples);
    }

    /** @return from {@code fromMs} to {@code toMs} */
    public Tone part(long fromMs, long toMs) {
        int from = (int) Math.min(samples.length, fromMs * RATE_HZ / 1000);
        int to = (int) Math.min(samples.length, toMs * RATE_HZ / 1000);
        short[] part = new short[to - from];
        System.arraycopy(samples, from, part, 0, part.length);
        return new Tone(part);
    }

    public long lengthMs() {
        return samples.length * 1000L / RATE_HZ;
    }

    /** @return how loud {@code hz} is, 0..1 of full scale, over the whole recording (Goertzel) */
    public double level(double hz) {
        return level(hz, 0, samples.length);
    }

    private double level(double hz, int from, int length) {
        double coefficient = 2 * Math.cos(2 * Math.PI * hz / RATE_HZ);
        double last = 0;
        double beforeLast = 0;
        for (int i = from; i < from + length; i++) {
            double now = samples[i] / 32768.0 + coefficient * last - beforeLast;
            beforeLast = last;
            last = now;
        }
        double power = last * last + beforeLast * beforeLast - coefficient * last * beforeLast;
        return 2 * Math.sqrt(Math.max(0, power)) / length;
    }

    /** @return root mean square, 0..1 of full scale */
    public double loudness() {
        double sum = 0;
        for (short sample : samples) {
            sum += (double) sample * sample;
        }
        return samples.length == 0 ? 0 : Math.sqrt(sum / samples.length) / 32768;
    }

    /**
     * @param hz of the tone
     * @param atLeast the level that counts as heard
     * @return the length of each stretch within the tone (not before its start, not after its end) in which it is not heard; ms
     */
    public List<Long> gapsMs(double hz, double atLeast) {
        List<Long> gaps = new ArrayList<>();
        long lastHeard = -1;
        for (int at = 0; at + WINDOW <= samples.length; at += WINDOW) {
            if (level(hz, at, WINDOW) >= atLeast) {
                if (lastHeard >= 0 && at - lastHeard > WINDOW) {
                    gaps.add((at - lastHeard - WINDOW) * 1000L / RATE_HZ);
                }
                lastHeard = at;
            }
        }
        return gaps;
    }

    /** @return when the tone is first heard, ms; -1 never */
    public long startMs(double hz, double atLeast) {
        for (int at = 0; at + WINDOW <= samples.length; at += WINDOW) {
            if (level(hz, at, WINDOW) >= atLeast) {
                return at * 1000L / RATE_HZ;
            }
        }
        return -1;
    }
}
