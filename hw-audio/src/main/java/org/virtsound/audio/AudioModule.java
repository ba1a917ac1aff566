package org.virtsound.audio;

import com.google.inject.AbstractModule;
import com.google.inject.Key;
import com.google.inject.Provider;
import com.google.inject.Scopes;
import com.google.inject.TypeLiteral;
import java.util.function.Consumer;
import org.virtsound.audio.guest.PulseTcpEndpoint;
import org.virtsound.audio.relay.GuestLimits;
import org.virtsound.audio.relay.GuestRelays;
import org.virtsound.audio.relay.LatencyBudget;
import org.virtsound.audio.relay.RelayEvent;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.audio.stream.SoundHost;

/**
 * Binds guest audio to host audio. Its user binds {@code SoundHost}, {@code GuestLimits}, {@code LatencyBudget} and {@code Consumer<RelayEvent>}.
 */
public final class AudioModule extends AbstractModule {
    @Override
    protected void configure() {
        Provider<AudioLoop> loop = getProvider(AudioLoop.class);
        Provider<SoundHost> host = getProvider(SoundHost.class);
        Provider<GuestLimits> limits = getProvider(GuestLimits.class);
        Provider<LatencyBudget> budget = getProvider(LatencyBudget.class);
        Provider<Consumer<RelayEvent>> events = getProvider(Key.get(new TypeLiteral<>() {}));
        bind(AudioLoop.class).toProvider(AudioLoop::new).in(Scopes.SINGLETON);
        bind(GuestRelays.class)
                .toProvider(() -> new GuestRelays(loop.get(), host.get(), limits.get(), budget.get(), events.get()))
                .in(Scopes.SINGLETON);
        bind(PulseTcpEndpoint.class)
                .toProvider(() -> new PulseTcpEndpoint(loop.get()))
                .in(Scopes.SINGLETON);
    }
}
