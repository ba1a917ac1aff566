package org.virtsound.audio.relay;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Something about one guest's sound that an owner may want to know. */
public sealed interface RelayEvent {
    GuestIdentity guest();

    record StreamStarted(GuestIdentity guest, boolean playback, String name) implements RelayEvent {}

    record StreamStopped(GuestIdentity guest, boolean playback, String name) implements RelayEvent {}

    /**
     * What a playback stream takes from writing to hearing: when it is measured first, and when it has doubled or halved since it was
     * told.
     */
    record LatencyMeasured(GuestIdentity guest, String name, long latencyUs) implements RelayEvent {}

    /** A record stream was opened while the microphone is not granted; it gets silence. Told of at most once in ten seconds. */
    record MicRequested(GuestIdentity guest) implements RelayEvent {}

    /**
     * @param by who or what granted it: a person, a control of Qubes', or the policy
     * @param until null where it has no end
     */
    record MicGranted(
            GuestIdentity guest, String by, @Nullable Instant until) implements RelayEvent {}

    record MicRevoked(GuestIdentity guest, String by) implements RelayEvent {}

    record MicExpired(GuestIdentity guest) implements RelayEvent {}

    record HostLost(GuestIdentity guest, String reason) implements RelayEvent {}

    record HostBack(GuestIdentity guest) implements RelayEvent {}

    /** @param limit the limit's key in the configuration, or {@code protocol} for bytes that are no protocol */
    record LimitHit(GuestIdentity guest, String limit, String detail) implements RelayEvent {}
}
