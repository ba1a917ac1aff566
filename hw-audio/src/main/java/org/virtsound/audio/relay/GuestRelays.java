package org.virtsound.audio.relay;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.audio.stream.SoundHost;

/** All guests' relays, by their guest's uuid. For any thread. */
public final class GuestRelays implements AutoCloseable {
    private final AudioLoop loop;
    private final SoundHost host;
    private final GuestLimits limits;
    private final LatencyBudget budget;
    private final Consumer<RelayEvent> events;
    private final Map<UUID, GuestRelay> relays = new ConcurrentHashMap<>();

    /** Relays of the default latency. */
    public GuestRelays(AudioLoop loop, SoundHost host, GuestLimits limits, Consumer<RelayEvent> events) {
        this(loop, host, limits, LatencyBudget.DEFAULT, events);
    }

    /** @param events called on the audio loop: it must not block */
    public GuestRelays(
            AudioLoop loop, SoundHost host, GuestLimits limits, LatencyBudget budget, Consumer<RelayEvent> events) {
        this.loop = requireNonNull(loop, "loop is null");
        this.host = requireNonNull(host, "host is null");
        this.limits = requireNonNull(limits, "limits is null");
        this.budget = requireNonNull(budget, "budget is null");
        this.events = requireNonNull(events, "events is null");
    }

    /** @return the guest's relay; one that is open already gets the new policy */
    public GuestRelay open(GuestIdentity guest, GuestPolicy policy) {
        requireNonNull(policy, "policy is null");
        GuestRelay fresh = new GuestRelay(guest, policy, limits, budget, loop, host, events, relays::remove);
        GuestRelay known = relays.putIfAbsent(guest.uuid(), fresh);
        if (known == null) {
            fresh.begin();
            return fresh;
        }
        var unused = known.update(policy);
        return known;
    }

    public Optional<GuestRelay> find(UUID guest) {
        return Optional.ofNullable(relays.get(guest));
    }

    /** @return those open now; a copy */
    public Collection<GuestRelay> all() {
        return List.copyOf(relays.values());
    }

    /** Closes every relay and waits for it. */
    @Override
    public void close() {
        CompletableFuture.allOf(all().stream()
                        .map(relay -> relay.close("the stop of the service"))
                        .toArray(CompletableFuture[]::new))
                .join();
    }
}
