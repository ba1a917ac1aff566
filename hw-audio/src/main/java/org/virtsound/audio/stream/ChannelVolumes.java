package org.virtsound.audio.stream;

import java.util.Collections;
import java.util.List;

/**
 * One volume a channel (PulseAudio's cvolume): 0 is silent, {@link #NORM} is 100 %.
 *
 * @param volumes 1..32 values, each 0..{@link #MAX}
 */
public record ChannelVolumes(List<Integer> volumes) {
    public static final int NORM = 0x10000;
    public static final int MAX = 0x7FFFFFFF;

    public ChannelVolumes {
        volumes = List.copyOf(volumes);
        if (volumes.isEmpty() || volumes.size() > SampleSpec.CHANNELS_MAX) {
            throw new IllegalArgumentException(
                    "volume: " + volumes.size() + " channels (expected: 1.." + SampleSpec.CHANNELS_MAX + ")");
        }
        for (int volume : volumes) {
            if (volume < 0) {
                throw new IllegalArgumentException(
                        "volume: " + Integer.toUnsignedLong(volume) + " (expected: <= " + MAX + ")");
            }
        }
    }

    public static ChannelVolumes flat(int channels, int volume) {
        return new ChannelVolumes(Collections.nCopies(channels, volume));
    }
}
