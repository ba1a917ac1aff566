package org.virtsound.audio.stream;

import org.jspecify.annotations.Nullable;

/**
 * What a guest asks of a new stream after policy went over it.
 *
 * @param name what a mixer shows beside the domain's name
 * @param spec the PCM that will be written or read; the stream keeps it for life
 * @param map one position a channel of {@code spec}
 * @param attr buffer sizes, bytes
 * @param corked whether it starts corked
 * @param muted true or false where somebody chose; null leaves it to the host's memory
 * @param volume null leaves it to the host's memory
 * @param device the host's sink or source; null for its default
 * @param adjustLatency the server may size the device's buffer so that {@code attr} covers all of the latency
 * @param earlyRequests credit in fixed steps
 * @param variableRate the rate may be changed later
 * @param noRemap channels go to the device's by their number, not by their place
 * @param noRemix channels that the device has no place for are left out, and no others filled from them
 */
public record StreamRequest(
        String name,
        SampleSpec spec,
        ChannelMap map,
        BufferAttr attr,
        boolean corked,
        @Nullable Boolean muted,
        @Nullable ChannelVolumes volume,
        @Nullable String device,
        boolean adjustLatency,
        boolean earlyRequests,
        boolean variableRate,
        boolean noRemap,
        boolean noRemix) {
    public StreamRequest {
        if (map.positions().size() != spec.channels()) {
            throw new IllegalArgumentException("channel map: " + map.positions().size() + " channels (expected: "
                    + spec.channels() + ", as the sample spec has)");
        }
    }
}
