package org.virtsound.audio.guest;

import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelMap;
import org.virtsound.audio.stream.SampleFormat;
import org.virtsound.audio.stream.SampleSpec;
import org.virtsound.audio.stream.StreamRequest;

/** The one format that Qubes' agents have, both ways, and what is asked of the host for it (qubes-audio.md, 1 and 4). */
final class QubesPcm {
    static final SampleSpec SPEC = new SampleSpec(SampleFormat.S16LE, 2, 44_100);
    static final int FRAME_BYTES = SPEC.frameBytes();

    private static final int LATENCY_MS = 30;
    private static final int FRAGMENT_BYTES = 2048;

    private QubesPcm() {}

    /** @param targetLatencyMs null for the usual one */
    static StreamRequest playback(boolean corked, @Nullable Integer targetLatencyMs) {
        int latencyMs = targetLatencyMs == null ? LATENCY_MS : targetLatencyMs;
        int targetBytes = (int) SPEC.bytesOf(latencyMs * 1000L);
        return request(
                "playback",
                BufferAttr.playback(BufferAttr.DEFAULT, targetBytes, BufferAttr.DEFAULT, BufferAttr.DEFAULT),
                corked);
    }

    static StreamRequest microphone() {
        return request("microphone", BufferAttr.record(BufferAttr.DEFAULT, FRAGMENT_BYTES), false);
    }

    private static StreamRequest request(String name, BufferAttr attr, boolean corked) {
        return new StreamRequest(
                name, SPEC, ChannelMap.STEREO, attr, corked, null, null, null, true, false, false, false, false);
    }
}
