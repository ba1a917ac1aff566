package org.virtsound.audio.host;

import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelMap;
import org.virtsound.audio.stream.SampleFormat;
import org.virtsound.audio.stream.SampleSpec;
import org.virtsound.audio.stream.StreamRequest;

/** Streams that tests ask for. */
final class Requests {
    static final SampleSpec CD = new SampleSpec(SampleFormat.S16LE, 2, 44_100);
    static final SampleSpec DVD = new SampleSpec(SampleFormat.S16LE, 2, 48_000);

    private Requests() {}

    static StreamRequest of(SampleSpec spec, BufferAttr attr) {
        return named("tone", spec, attr, false);
    }

    static StreamRequest corked(SampleSpec spec, BufferAttr attr) {
        return named("tone", spec, attr, true);
    }

    static StreamRequest named(String name, SampleSpec spec, BufferAttr attr, boolean corked) {
        return new StreamRequest(
                name,
                spec,
                ChannelMap.ofChannels(spec.channels()),
                attr,
                corked,
                null,
                null,
                null,
                true,
                false,
                false,
                false,
                false);
    }

    /** 20 ms in the queue, 5 ms a step, at 48 kHz stereo s16. */
    static BufferAttr lowLatency() {
        return BufferAttr.playback(-1, 3840, -1, 960);
    }

    static BufferAttr defaults() {
        return BufferAttr.playback(-1, -1, -1, -1);
    }
}
