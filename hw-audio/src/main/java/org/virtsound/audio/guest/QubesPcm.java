package org.virtsound.audio.guest;

import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelMap;
import org.virtsound.audio.stream.SampleFormat;
import org.virtsound.audio.stream.SampleSpec;
import org.virtsound.audio.stream.StreamRequest;

/** The one format that Qubes' agents have, both ways, and what is asked of the host for it (qubes-audio.md, 1 and 4). */
final class QubesPcm {
    static final SampleSpec SPEC = new SampleSpec(SampleFormat.S16LE, 2, 44_100);
    static final int FRAME_BYTES = SPEC.frameBytes();

    private static final long HOST_BUFFER_US = 30_000;
    private static final int FRAGMENT_BYTES = 2048;

    private QubesPcm() {}

    static StreamRequest playback(boolean corked) {
        int targetBytes = (int) SPEC.bytesOf(HOST_BUFFER_US);
        return request(
                "playback",
                BufferAttr.playback(BufferAttr.DEFAULT, targetBytes, BufferAttr.DEFAULT, BufferAttr.DEFAULT),
                corked);
    }

    static StreamRequest microphone() {
        return request("microphone", BufferAttr.record(BufferAttr.DEFAULT, FRAGMENT_BYTES), false);
    }

    private static StreamRequest request(String name, BufferAttr attr, boolean corked) {
        return new StreamRequest(name, SPEC, ChannelMap.STEREO, attr, corked, null, null, null, true, false, false);
    }
}
