package org.virtsound.audio.host;

import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.SampleSpec;
import org.virtsound.audio.stream.StreamRequest;

/** How a stream is to be opened now, were it opened anew: what was asked first, and everything that was asked since. */
final class Remembered {
    private final StreamRequest first;
    String name;
    boolean corked;
    BufferAttr attr;
    boolean adjustLatency;
    boolean earlyRequests;
    int rateHz;

    @Nullable
    ChannelVolumes volume;

    @Nullable
    Boolean muted;

    @Nullable
    String device;

    Remembered(StreamRequest first) {
        this.first = first;
        name = first.name();
        corked = first.corked();
        attr = first.attr();
        adjustLatency = first.adjustLatency();
        earlyRequests = first.earlyRequests();
        rateHz = first.spec().rateHz();
        volume = first.volume();
        muted = first.muted();
        device = first.device();
    }

    SampleSpec spec() {
        return new SampleSpec(first.spec().format(), first.spec().channels(), rateHz);
    }

    StreamRequest request() {
        return new StreamRequest(
                name,
                spec(),
                first.map(),
                attr,
                corked,
                muted,
                volume,
                device,
                adjustLatency,
                earlyRequests,
                first.variableRate(),
                first.noRemap(),
                first.noRemix());
    }
}
