package org.virtsound.audio.host;

import org.virtsound.audio.stream.SampleSpec;

/** Plays nothing, at the right pace. */
class SilentOutput implements PcmOutput {
    private final Pace pace;

    SilentOutput(SampleSpec spec) {
        this.pace = new Pace(spec);
    }

    @Override
    public void start(long nowNs) {
        pace.start(nowNs);
    }

    @Override
    public long take(long nowNs) {
        return pace.take(nowNs);
    }

    @Override
    public long dueNs(long bytes) {
        return pace.dueNs(bytes);
    }

    @Override
    public void rate(int rateHz, long nowNs) {
        pace.rate(rateHz, nowNs);
    }
}
