package org.virtsound.audio.stream;

/**
 * Format, channel count and rate of a stream.
 *
 * @param format PCM format
 * @param channels 1..32
 * @param rateHz 1..384000
 */
public record SampleSpec(SampleFormat format, int channels, int rateHz) {
    public static final int CHANNELS_MAX = 32;
    public static final int RATE_MAX_HZ = 384_000;

    public SampleSpec {
        if (channels < 1 || channels > CHANNELS_MAX) {
            throw new IllegalArgumentException("channels: " + channels + " (expected: 1.." + CHANNELS_MAX + ")");
        }
        if (rateHz < 1 || rateHz > RATE_MAX_HZ) {
            throw new IllegalArgumentException("rateHz: " + rateHz + " (expected: 1.." + RATE_MAX_HZ + ")");
        }
    }

    /** @return bytes of one sample of all channels */
    public int frameBytes() {
        return format.sizeBytes() * channels;
    }

    /** @return how long {@code bytes} play, in microseconds, whole frames only */
    public long usOf(long bytes) {
        return bytes / frameBytes() * 1_000_000L / rateHz;
    }

    /** @return the whole frames' bytes that play for {@code us} microseconds */
    public long bytesOf(long us) {
        return us * rateHz / 1_000_000L * frameBytes();
    }
}
