package org.virtsound.audio.relay;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.audio.stream.SampleSpec;
import org.virtsound.audio.stream.SoundHost;
import org.virtsound.audio.stream.SoundHostListener;
import org.virtsound.audio.stream.SoundServer;

/**
 * One guest's corridor to the host: its policy, its microphone gate, its limits and meters. The public methods that return a
 * future are for any thread; all state is the audio loop's.
 */
public final class GuestRelay {
    private final GuestIdentity guest;
    private final GuestLimits limits;
    private final LatencyBudget budget;
    private final AudioLoop loop;
    private final SoundHost host;
    private final Consumer<RelayEvent> events;
    private final BiConsumer<UUID, GuestRelay> whenClosed;
    private final MicGate mic;
    private final Meters meters = new Meters();
    private final ThrottledEvents throttled;
    private final LoopShare share = new LoopShare();
    private final Set<RelayConnection> connections = new LinkedHashSet<>();

    private GuestPolicy policy;
    private @Nullable SoundServer place;
    private @Nullable SoundServer silence;
    private @Nullable String lost;
    private int streams;
    private int lastIndex;
    private boolean closed;

    GuestRelay(
            GuestIdentity guest,
            GuestPolicy policy,
            GuestLimits limits,
            LatencyBudget budget,
            AudioLoop loop,
            SoundHost host,
            Consumer<RelayEvent> events,
            BiConsumer<UUID, GuestRelay> whenClosed) {
        this.guest = requireNonNull(guest, "guest is null");
        this.policy = requireNonNull(policy, "policy is null");
        this.limits = limits;
        this.budget = budget;
        this.loop = loop;
        this.host = host;
        this.events = events;
        this.whenClosed = whenClosed;
        mic = new MicGate(guest, policy.capture(), loop.eventLoop(), events, () -> follow(this.policy));
        throttled = new ThrottledEvents(guest, events);
    }

    public GuestIdentity identity() {
        return guest;
    }

    /** Puts {@code next} in force, on streams that run too. A revoked microphone stays revoked. */
    public CompletableFuture<RelayStatus> update(GuestPolicy next) {
        requireNonNull(next, "policy is null");
        return loop.call(() -> {
            GuestPolicy before = policy;
            policy = next;
            mic.policy(next.capture());
            follow(before);
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
        return loop.call(() -> {
            if (closed) {
                throw new IllegalStateException("'" + guest.name() + "' has no relay any more; start it first");
            }
            mic.grant(by, duration);
            return micStatus();
        });
    }

    /** Takes it away, whatever the policy, until it is granted again; once the answer is there no further sample goes to the guest. */
    public CompletableFuture<MicStatus> micRevoke(String by) {
        return loop.call(() -> {
            mic.revoke(by);
            return micStatus();
        });
    }

    /** Ends its streams and connections. */
    public CompletableFuture<Void> close() {
        return close("the end of its sound");
    }

    /** @param by what ends it, for the event of a microphone that is granted */
    CompletableFuture<Void> close(String by) {
        return loop.call(() -> {
            shut(by);
            return null;
        });
    }

    /** It has its place among the relays. */
    void begin() {
        loop.eventLoop().execute(mic::tellStanding);
    }

    /**
     * For endpoints, on the audio loop: a connection of this guest has come in.
     *
     * @param hangUp closes it, when the relay ends it
     * @return null where the guest may have no more, or its relay is closed; the connection is to be closed
     */
    public @Nullable RelayConnection connect(Runnable hangUp) {
        if (closed) {
            return null;
        }
        if (connections.size() >= limits.connections()) {
            meters.closedConnections++;
            limitHit("connections", "more than " + limits.connections() + " connections");
            return null;
        }
        RelayConnection connection = new RelayConnection(this, hangUp);
        connections.add(connection);
        return connection;
    }

    private void shut(String by) {
        if (closed) {
            return;
        }
        closed = true;
        mic.close(by);
        new ArrayList<>(connections).forEach(RelayConnection::hangUp);
        if (place != null) {
            place.close();
        }
        if (silence != null) {
            silence.close();
        }
        whenClosed.accept(guest.uuid(), this);
    }

    private void follow(GuestPolicy before) {
        for (RelayConnection connection : new ArrayList<>(connections)) {
            for (RelayedStream stream : new ArrayList<>(connection.streams())) {
                stream.follow(before, policy);
            }
        }
    }

    GuestPolicy policy() {
        return policy;
    }

    /** @return what holds for this guest now */
    LatencyBudget budget() {
        return budget.under(policy);
    }

    GuestLimits limits() {
        return limits;
    }

    MicGate mic() {
        return mic;
    }

    Meters meters() {
        return meters;
    }

    LoopShare share() {
        return share;
    }

    int nextIndex() {
        return ++lastIndex & Integer.MAX_VALUE;
    }

    int streamCount() {
        return streams;
    }

    /** @return false, and counts it, where so many samples a second more are more than the guest may have in all */
    boolean mayTake(long samplesPerSecond) {
        long sum = samplesPerSecond;
        for (RelayConnection connection : connections) {
            for (RelayedStream stream : connection.streams()) {
                sum += stream.samplesPerSecond();
            }
        }
        if (sum > limits.samplesPerSecond()) {
            limitHit("samples-per-s", sum + " samples/s over all streams (limit: " + limits.samplesPerSecond() + ")");
            return false;
        }
        return true;
    }

    /** The same for a stream whose rate changes. */
    boolean mayResample(RelayedStream stream, int rateHz, SampleSpec spec) {
        return mayTake((long) rateHz * spec.channels() - stream.samplesPerSecond());
    }

    long queuedBytes() {
        long sum = 0;
        for (RelayConnection connection : connections) {
            sum += connection.queuedBytes();
        }
        return sum;
    }

    /** @return the guest's place at the card, taken when its first stream needs it */
    SoundServer host() {
        if (place == null) {
            place = host.open(guest.uuid(), guest.title(), new HostWatch());
        }
        return place;
    }

    SoundServer silence() {
        if (silence == null) {
            silence = host.silence();
        }
        return silence;
    }

    void limitHit(String limit, String detail) {
        throttled.limitHit(limit, detail);
    }

    void streamOpening(boolean playback) {
        streams++;
        if (!playback && !mic.open()) {
            meters.micRequests++;
            throttled.micRequested();
        }
    }

    void streamStarted(RelayedStream stream) {
        StreamStatus status = stream.status();
        events.accept(new RelayEvent.StreamStarted(guest, status.playback(), status.name()));
    }

    void measured(String stream, long latencyUs) {
        events.accept(new RelayEvent.LatencyMeasured(guest, stream, latencyUs));
    }

    void streamEnded(RelayedStream stream, boolean wasStarted) {
        streams--;
        if (wasStarted) {
            StreamStatus status = stream.status();
            events.accept(new RelayEvent.StreamStopped(guest, status.playback(), status.name()));
        }
    }

    void disconnected(RelayConnection connection) {
        connections.remove(connection);
    }

    private RelayStatus snapshot() {
        List<StreamStatus> now = connections.stream()
                .flatMap(connection -> connection.streams().stream())
                .map(RelayedStream::status)
                .toList();
        return new RelayStatus(
                guest,
                policy,
                connections.size(),
                now,
                meters.playedBytes,
                meters.recordedBytes,
                meters.droppedBytes,
                meters.refusedCommands,
                meters.closedConnections,
                meters.underflows,
                meters.hostReturns,
                micStatus(),
                place == null ? "not in use" : place.describe(),
                lost);
    }

    private MicStatus micStatus() {
        boolean onAir = connections.stream()
                .flatMap(connection -> connection.streams().stream())
                .anyMatch(stream -> stream instanceof RelayedRecord record && record.onAir());
        return new MicStatus(
                mic.policy(), mic.open(), onAir, meters.onAirMs(), meters.micRequests, mic.since(), mic.until());
    }

    private final class HostWatch implements SoundHostListener {
        @Override
        public void lost(String reason) {
            lost = reason;
            events.accept(new RelayEvent.HostLost(guest, reason));
        }

        @Override
        public void back() {
            lost = null;
            meters.hostReturns++;
            events.accept(new RelayEvent.HostBack(guest));
        }
    }
}
