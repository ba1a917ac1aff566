package org.virtsound.audio.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MicGateTest {
    private final EmbeddedChannel clock = new EmbeddedChannel();
    private final GuestIdentity guest = new GuestIdentity(new UUID(0, 1), "alpha", "alpha");
    private final List<RelayEvent> events = new ArrayList<>();
    private int changes;

    private MicGate gate(CapturePolicy policy) {
        return new MicGate(guest, policy, clock.eventLoop(), events::add, () -> changes++);
    }

    @Test
    void offRefusesAGrant() {
        MicGate gate = gate(CapturePolicy.OFF);

        assertThatThrownBy(() -> gate.grant("ann", null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("alpha")
                .hasMessageContaining("set capture policy");
        assertThat(gate.open()).isFalse();
    }

    @Test
    void askNeedsAGrantAndARevokeEndsIt() {
        MicGate gate = gate(CapturePolicy.ASK);
        assertThat(gate.open()).isFalse();

        gate.grant("ann", null);
        assertThat(gate.open()).isTrue();
        assertThat(gate.until()).isNull();

        gate.revoke("bob");
        assertThat(gate.open()).isFalse();
        assertThat(events)
                .containsExactly(
                        new RelayEvent.MicGranted(guest, "ann", null), new RelayEvent.MicRevoked(guest, "bob"));
        assertThat(changes).isEqualTo(2);
    }

    @Test
    void onIsAStandingGrantThatARevokeBeatsForGood() {
        MicGate gate = gate(CapturePolicy.ON);
        assertThat(gate.open()).isTrue();

        gate.revoke("bob");
        assertThat(gate.open()).isFalse();
        gate.policy(CapturePolicy.ASK);
        gate.policy(CapturePolicy.ON);
        assertThat(gate.open()).isFalse();
    }

    @Test
    void aGrantAfterARevokeLastsUntilItsEndOnly() {
        MicGate gate = gate(CapturePolicy.ON);
        gate.revoke("bob");
        gate.grant("ann", Duration.ofMillis(1));
        assertThat(gate.open()).isTrue();

        expire();
        assertThat(gate.open()).isFalse();
        assertThat(events.get(events.size() - 1)).isEqualTo(new RelayEvent.MicExpired(guest));
    }

    @Test
    void turningThePolicyOffEndsTheGrant() {
        MicGate gate = gate(CapturePolicy.ASK);
        gate.grant("ann", Duration.ofMinutes(30));
        gate.policy(CapturePolicy.OFF);
        gate.policy(CapturePolicy.ASK);

        assertThat(gate.open()).isFalse();
        assertThat(events).contains(new RelayEvent.MicRevoked(guest, "policy"));
    }

    @Test
    void everyWayThatItOpensAndClosesIsToldWithItsCause() {
        MicGate gate = gate(CapturePolicy.ON);
        gate.tellStanding();
        gate.policy(CapturePolicy.ASK);
        gate.policy(CapturePolicy.ON);
        gate.policy(CapturePolicy.OFF);
        gate.policy(CapturePolicy.ASK);
        gate.grant("ann", null);
        gate.close("the end of its sound");
        gate.close("the end of its sound");

        assertThat(events)
                .containsExactly(
                        new RelayEvent.MicGranted(guest, "policy", null),
                        new RelayEvent.MicRevoked(guest, "policy"),
                        new RelayEvent.MicGranted(guest, "policy", null),
                        new RelayEvent.MicRevoked(guest, "policy"),
                        new RelayEvent.MicGranted(guest, "ann", null),
                        new RelayEvent.MicRevoked(guest, "the end of its sound"));
    }

    @Test
    void aSecondGrantReplacesTheFirstOnesEnd() {
        MicGate gate = gate(CapturePolicy.ASK);
        gate.grant("ann", Duration.ofMillis(1));
        gate.grant("ann", Duration.ofMinutes(30));

        assertThat(clock.runScheduledPendingTasks()).isGreaterThan(TimeUnit.SECONDS.toNanos(1));
        assertThat(gate.open()).isTrue();
    }

    @Test
    void aGrantForNoTimeIsAMistake() {
        MicGate gate = gate(CapturePolicy.ASK);
        assertThatThrownBy(() -> gate.grant("ann", Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> gate.grant("ann", Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aGrantForLongerThanTheClockCountsHasNoEnd() {
        MicGate gate = gate(CapturePolicy.ASK);
        gate.grant("ann", Duration.ofSeconds(Long.MAX_VALUE));

        assertThat(gate.open()).isTrue();
        assertThat(gate.until()).isNull();
    }

    /** Waits for real: the gate looks at the wall clock too. */
    private void expire() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        int before = events.size();
        while (events.size() == before && System.nanoTime() < end && clock.runScheduledPendingTasks() != -1) {
            clock.runPendingTasks();
            Thread.onSpinWait();
        }
    }
}
