package org.virtsound.audio.relay;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One guest's permission to hear the microphone; owned by the audio loop. {@code off} refuses grants, {@code ask} needs one,
 * {@code on} is a standing one. A revoke beats {@code on} for as long as the relay lives; a grant lifts it only while it lasts.
 */
final class MicGate {
    /** A grant ends by the wall clock too, however long the machine slept. */
    private static final long LOOK_AGAIN_MS = 5_000;

    private static final String BY_POLICY = "policy";

    private final GuestIdentity guest;
    private final EventLoop loop;
    private final Consumer<RelayEvent> events;
    private final Runnable changed;

    private CapturePolicy policy;
    private Instant standingSince = Instant.now();
    private boolean revoked;
    private @Nullable Grant grant;
    private @Nullable Future<?> expiry;

    private record Grant(Instant since, @Nullable Instant until, long endNanos) {}

    /** @param changed run whenever {@link #open()} may have turned */
    MicGate(GuestIdentity guest, CapturePolicy policy, EventLoop loop, Consumer<RelayEvent> events, Runnable changed) {
        this.guest = guest;
        this.policy = policy;
        this.loop = loop;
        this.events = events;
        this.changed = changed;
    }

    boolean open() {
        return switch (policy) {
            case OFF -> false;
            case ASK -> grant != null;
            case ON -> grant != null || !revoked;
        };
    }

    CapturePolicy policy() {
        return policy;
    }

    @Nullable
    Instant since() {
        return !open() ? null : grant != null ? grant.since : standingSince;
    }

    @Nullable
    Instant until() {
        return open() && grant != null ? grant.until : null;
    }

    void policy(CapturePolicy policy) {
        if (policy == this.policy) {
            return;
        }
        boolean wasOpen = open();
        this.policy = policy;
        standingSince = Instant.now();
        if (policy == CapturePolicy.OFF) {
            endGrant();
        }
        if (wasOpen && !open()) {
            events.accept(new RelayEvent.MicRevoked(guest, BY_POLICY));
        } else if (!wasOpen) {
            tellStanding();
        }
        changed.run();
    }

    /** Tells of a grant that stands by the policy alone. */
    void tellStanding() {
        if (open() && grant == null) {
            events.accept(new RelayEvent.MicGranted(guest, BY_POLICY, null));
        }
    }

    /** @throws IllegalStateException where the policy is off */
    void grant(String by, @Nullable Duration duration) {
        if (policy == CapturePolicy.OFF) {
            throw new IllegalStateException("microphone of '" + guest.name()
                    + "' is off by its policy; set capture policy to 'ask' or 'on' first");
        }
        if (duration != null && (duration.isNegative() || duration.isZero())) {
            throw new IllegalArgumentException("duration: " + duration + " (expected: more than 0)");
        }
        endGrant();
        Instant now = Instant.now();
        long nanos = duration == null ? Long.MAX_VALUE : saturatedNanos(duration);
        Instant until = nanos == Long.MAX_VALUE ? null : now.plusNanos(nanos);
        grant = new Grant(now, until, until == null ? 0 : System.nanoTime() + nanos);
        if (until != null) {
            look();
        }
        events.accept(new RelayEvent.MicGranted(guest, by, until));
        changed.run();
    }

    void revoke(String by) {
        revoked = true;
        endGrant();
        changed.run();
        events.accept(new RelayEvent.MicRevoked(guest, by));
    }

    /** Ends the grant and its timer; nothing can open it again. */
    void close(String by) {
        boolean wasOpen = open();
        policy = CapturePolicy.OFF;
        endGrant();
        if (wasOpen) {
            events.accept(new RelayEvent.MicRevoked(guest, by));
        }
    }

    private void look() {
        Grant running = grant;
        if (running == null || running.until == null) {
            return;
        }
        long leftNanos = Math.min(
                running.endNanos - System.nanoTime(), saturatedNanos(Duration.between(Instant.now(), running.until)));
        if (leftNanos <= 0) {
            endGrant();
            changed.run();
            events.accept(new RelayEvent.MicExpired(guest));
            return;
        }
        expiry = loop.schedule(
                this::look, Math.min(leftNanos, TimeUnit.MILLISECONDS.toNanos(LOOK_AGAIN_MS)), TimeUnit.NANOSECONDS);
    }

    private void endGrant() {
        grant = null;
        if (expiry != null) {
            expiry.cancel(false);
            expiry = null;
        }
    }

    private static long saturatedNanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException e) {
            return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }
}
