package org.virtsound.audio.host;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.Reply;
import org.virtsound.audio.stream.SampleSpec;
import org.virtsound.audio.stream.Stream;
import org.virtsound.audio.stream.StreamRequest;

/** How a stream is to be opened now, were it opened anew: what was asked first, and everything that was asked since. */
final class Remembered {
    private final StreamRequest first;
    private SampleSpec spec;
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
        spec = first.spec();
        rateHz = spec.rateHz();
        volume = first.volume();
        muted = first.muted();
        device = first.device();
    }

    /** Asked with each latency answer: a new one is made only where the rate has changed. */
    SampleSpec spec() {
        if (spec.rateHz() != rateHz) {
            spec = new SampleSpec(spec.format(), spec.channels(), rateHz);
        }
        return spec;
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

    /** @param to opened as {@code asked}, while more was asked */
    void tellChanges(StreamRequest asked, Stream to) {
        if (corked != asked.corked()) {
            to.cork(corked, Reply.NOBODY);
        }
        if (!attr.equals(asked.attr())
                || adjustLatency != asked.adjustLatency()
                || earlyRequests != asked.earlyRequests()) {
            to.bufferAttr(attr, adjustLatency, earlyRequests, Reply.NOBODY);
        }
        if (rateHz != asked.spec().rateHz()) {
            to.sampleRate(rateHz, Reply.NOBODY);
        }
        if (!name.equals(asked.name())) {
            to.name(name, Reply.NOBODY);
        }
        if (volume != null && !volume.equals(asked.volume())) {
            to.volume(volume, Reply.NOBODY);
        }
        if (muted != null && !muted.equals(asked.muted())) {
            to.mute(muted, Reply.NOBODY);
        }
        if (!Objects.equals(device, asked.device())) {
            to.device(device, Reply.NOBODY);
        }
    }
}
