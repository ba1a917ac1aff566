package org.virtsound.audio;

import com.google.inject.AbstractModule;
import com.google.inject.Provider;
import com.google.inject.Scopes;
import java.util.function.Consumer;
import org.virtsound.audio.guest.PulseTcpEndpoint;
import org.virtsound.audio.relay.GuestLimits;
import org.virtsound.audio.relay.GuestRelays;
import org.virtsound.audio.relay.LatencyBudget;
import org.virtsound.audio.relay.RelayEvent;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.audio.stream.SoundHost;

/** Binds guest audio to host audio: the {@code SoundHost} that its user binds. */
public final class AudioModule extends AbstractModule {
    private final GuestLimits limits;
    private final LatencyBudget latency;
    private final Consumer<RelayEvent> events;

    /** @param events called on the audio loop: it must not block */
    public AudioModule(GuestLimits limits, LatencyBudget latency, Consumer<RelayEvent> events) {
        this.limits = limits;
        this.latency = latency;
        this.events = events;
    }

    @Override
    protected void configure() {
        Provider<AudioLoop> loop = getProvider(AudioLoop.class);
        Provider<SoundHost> host = getProvider(SoundHost.class);
        bind(AudioLoop.class).toProvider(AudioLoop::new).in(Scopes.SINGLETON);
        bind(GuestRelays.class)
                .toProvider(() -> new GuestRelays(loop.get(), host.get(), limits, latency, events))
                .in(Scopes.SINGLETON);
        bind(PulseTcpEndpoint.class)
                .toProvider(() -> new PulseTcpEndpoint(loop.get()))
                .in(Scopes.SINGLETON);
    }
}
