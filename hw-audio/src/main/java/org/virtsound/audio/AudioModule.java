package org.virtsound.audio;

import com.google.inject.AbstractModule;
import jakarta.inject.Singleton;
import org.virtsound.audio.guest.PulseTcpEndpoint;
import org.virtsound.audio.relay.GuestRelays;
import org.virtsound.audio.stream.AudioLoop;

/**
 * Binds guest audio to host audio. Its user binds {@code SoundHost}, {@code GuestLimits}, {@code LatencyBudget} and {@code Consumer<RelayEvent>}.
 */
public final class AudioModule extends AbstractModule {
    @Override
    protected void configure() {
        bind(AudioLoop.class).in(Singleton.class);
        bind(GuestRelays.class);
        bind(PulseTcpEndpoint.class);
    }
}
