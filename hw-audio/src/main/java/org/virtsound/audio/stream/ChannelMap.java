package org.virtsound.audio.stream;

import java.util.Arrays;
import java.util.List;

/**
 * Speaker positions of a stream's channels, in their order in the frame.
 *
 * @param positions wire numbers, 1..32 of them, each 0..50 (native-protocol.md, 2.1)
 */
public record ChannelMap(List<Integer> positions) {
    public static final ChannelMap MONO = new ChannelMap(List.of(0));
    public static final ChannelMap STEREO = new ChannelMap(List.of(1, 2));
    public static final int POSITION_MAX = 50;
    private static final int AUX0 = 12;

    public ChannelMap {
        positions = List.copyOf(positions);
        if (positions.isEmpty() || positions.size() > SampleSpec.CHANNELS_MAX) {
            throw new IllegalArgumentException(
                    "channel map: " + positions.size() + " channels (expected: 1.." + SampleSpec.CHANNELS_MAX + ")");
        }
        for (int position : positions) {
            if (position < 0 || position > POSITION_MAX) {
                throw new IllegalArgumentException(
                        "channel position: " + position + " (expected: 0.." + POSITION_MAX + ")");
            }
        }
    }

    /** @return mono, stereo, or auxiliary channels */
    public static ChannelMap ofChannels(int channels) {
        return switch (channels) {
            case 1 -> MONO;
            case 2 -> STEREO;
            default -> {
                Integer[] aux = new Integer[channels];
                Arrays.setAll(aux, i -> AUX0 + i);
                yield new ChannelMap(List.of(aux));
            }
        };
    }
}
