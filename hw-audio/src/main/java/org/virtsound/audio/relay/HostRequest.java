package org.virtsound.audio.relay;

import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.SampleSpec;
import org.virtsound.audio.stream.StreamRequest;

/**
 * What a guest has asked of one stream, kept up to date while it runs, and what is asked of the host for it. Owned by the audio
 * loop.
 */
final class HostRequest {
    /** A mixer's line; PulseAudio would take 64 KiB. */
    private static final int NAME_MAX = 128;

    private final StreamRequest first;
    private final String title;
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

    HostRequest(StreamRequest first, String title) {
        this.first = first;
        this.title = title;
        name = bounded(first.name());
        corked = first.corked();
        attr = first.attr();
        adjustLatency = first.adjustLatency();
        earlyRequests = first.earlyRequests();
        rateHz = first.spec().rateHz();
        volume = first.volume();
        muted = first.muted();
    }

    StreamRequest playback(GuestPolicy policy, LatencyBudget budget) {
        return request(
                budget.playback(attr, spec()),
                adjustLatency || budget.countsDevice(attr, spec()),
                policy.sink(),
                hostVolume(policy.volumePercent()),
                Loudness.mute(muted, policy.mute()));
    }

    StreamRequest record(GuestPolicy policy, LatencyBudget budget) {
        return request(
                budget.record(attr, spec()),
                adjustLatency,
                policy.source(),
                hostVolume(policy.captureVolumePercent()),
                muted);
    }

    @Nullable
    ChannelVolumes hostVolume(@Nullable Integer percent) {
        return Loudness.volume(volume, percent, first.spec().channels());
    }

    /** @return what the host shows: whose stream it is, and what the guest calls it */
    String hostName() {
        return title + ": " + name;
    }

    /** @return what it may cost: its buffers stay as large as they were made, however slow it has become */
    long samplesPerSecond() {
        return (long) Math.max(rateHz, first.spec().rateHz()) * first.spec().channels();
    }

    /** @return how long so many bytes last at the rate that it has now */
    long usOf(long bytes) {
        return (long) ((double) first.spec().usOf(bytes) * first.spec().rateHz() / rateHz);
    }

    SampleSpec spec() {
        return first.spec();
    }

    StreamRequest guests() {
        return first;
    }

    /** @return one line, without control characters, of a bounded length */
    static String bounded(String text) {
        String line = text.strip();
        StringBuilder kept = new StringBuilder(Math.min(line.length(), NAME_MAX));
        line.codePoints()
                .filter(c -> !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT)
                .filter(c -> Character.getType(c) != Character.LINE_SEPARATOR)
                .filter(c -> Character.getType(c) != Character.PARAGRAPH_SEPARATOR)
                .filter(c -> Character.getType(c) != Character.SURROGATE)
                .limit(NAME_MAX)
                .forEach(kept::appendCodePoint);
        return kept.isEmpty() ? "audio" : kept.toString();
    }

    private StreamRequest request(
            BufferAttr hostAttr,
            boolean hostAdjustsLatency,
            @Nullable String device,
            @Nullable ChannelVolumes hostVolume,
            @Nullable Boolean hostMuted) {
        return new StreamRequest(
                hostName(),
                first.spec(),
                first.map(),
                hostAttr,
                corked,
                hostMuted,
                hostVolume,
                device,
                hostAdjustsLatency,
                earlyRequests,
                first.variableRate(),
                first.noRemap(),
                first.noRemix());
    }
}
