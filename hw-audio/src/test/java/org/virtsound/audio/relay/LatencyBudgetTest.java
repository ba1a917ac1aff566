package org.virtsound.audio.relay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.SampleFormat;
import org.virtsound.audio.stream.SampleSpec;

class LatencyBudgetTest {
    private static final SampleSpec SPEC = new SampleSpec(SampleFormat.S16LE, 2, 48_000);
    private static final int MS = 192;

    @Test
    void aStreamThatLeavesItToTheServerGetsTheTargetOrElseTheMaximum() {
        assertThat(tLength(new LatencyBudget(null, 80), -1)).isEqualTo(80 * MS);
        assertThat(tLength(new LatencyBudget(30, 80), -1)).isEqualTo(30 * MS);
    }

    @Test
    void aStreamThatAsksGetsWhatItAsksForUpToTheMaximum() {
        assertThat(tLength(new LatencyBudget(30, 80), 10 * MS)).isEqualTo(10 * MS);
        assertThat(tLength(new LatencyBudget(30, 80), 2000 * MS)).isEqualTo(80 * MS);
    }

    @Test
    void moreThanTheMaximumDoesNotEvenFit() {
        BufferAttr attr = new LatencyBudget(null, 80).playback(BufferAttr.playback(-1, 20 * MS, -1, -1), SPEC);
        assertThat(attr.maxLength()).isEqualTo(80 * MS);
    }

    @Test
    void theDevicesBufferCountsWhereTheLengthIsOursOrTheMaximumWouldBePassed() {
        LatencyBudget budget = new LatencyBudget(30, 80);
        assertThat(budget.countsDevice(BufferAttr.playback(-1, -1, -1, -1), SPEC))
                .isTrue();
        assertThat(budget.countsDevice(BufferAttr.playback(-1, 40 * MS, -1, -1), SPEC))
                .isFalse();
        assertThat(budget.countsDevice(BufferAttr.playback(-1, 60 * MS, -1, -1), SPEC))
                .isTrue();
    }

    @Test
    void aGuestsOwnWordGoesBeforeTheServices() {
        LatencyBudget service = new LatencyBudget(30, 80);
        assertThat(service.under(policy(10, 20))).isEqualTo(new LatencyBudget(10, 20));
        assertThat(service.under(policy(200, null))).isEqualTo(new LatencyBudget(200, 200));
        assertThat(service.under(policy(null, 20))).isEqualTo(new LatencyBudget(20, 20));
        assertThat(service.under(policy(null, null))).isEqualTo(service);
    }

    @Test
    void aRecordStreamsFragmentsAreBoundedToo() {
        assertThat(new LatencyBudget(30, 80)
                        .record(BufferAttr.record(-1, -1), SPEC)
                        .fragSize())
                .isEqualTo(30 * MS);
    }

    private static int tLength(LatencyBudget budget, int wanted) {
        return budget.playback(BufferAttr.playback(-1, wanted, -1, -1), SPEC).tLength();
    }

    private static GuestPolicy policy(Integer targetMs, Integer maxMs) {
        return new GuestPolicy(true, null, null, null, CapturePolicy.ASK, null, null, targetMs, maxMs);
    }
}
