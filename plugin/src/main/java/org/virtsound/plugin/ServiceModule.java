package org.virtsound.plugin;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.virtsound.audio.AudioModule;
import org.virtsound.audio.host.HostSound;
import org.virtsound.audio.relay.GuestLimits;
import org.virtsound.audio.relay.LatencyBudget;
import org.virtsound.audio.relay.RelayEvent;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.audio.stream.SoundHost;
import org.virtsound.audio.stream.SourceOffers;
import org.virtsound.audio.vchan.XenStore;
import org.virtsound.net.Commands;
import org.virtsound.net.DhcpServer;
import org.virtsound.net.LocalCommands;
import org.virtsound.net.PortWatch;
import org.virtsound.net.SoundNetwork;
import org.virtsound.plugin.config.ServiceConfig;
import org.virtsound.plugin.control.EventHub;
import org.virtsound.plugin.provision.BridgePorts;
import org.virtsound.plugin.provision.GuestEvent;
import org.virtsound.plugin.provision.GuestNetwork;
import org.virtsound.plugin.provision.GuestSockets;
import org.virtsound.plugin.provision.HypervisorListener;
import org.virtsound.plugin.provision.NicDevices;
import org.virtsound.plugin.provision.Reconciler;
import org.virtsound.plugin.provision.SoundLan;
import org.virtsound.plugin.provision.VchanGuests;
import org.virtsound.plugin.qubes.QubesGuests;
import org.virtsound.plugin.xen.XenNics;
import org.virtsound.plugin.xen.XlGuests;

/** Wires the daemon: which room gets which other. */
final class ServiceModule extends AbstractModule {
    private static final Path DEVICES = Path.of("/sys/class/net");

    private final ServiceConfig config;

    ServiceModule(ServiceConfig config) {
        this.config = config;
    }

    @Override
    protected void configure() {
        install(new AudioModule());
        bind(ServiceConfig.class).toInstance(config);
        bind(GuestLimits.class).toInstance(config.limits());
        bind(LatencyBudget.class)
                .toInstance(new LatencyBudget(
                        config.audio().latencyMs(), config.audio().maxLatencyMs()));
        bind(SoundHost.class).to(HostSound.class);
        bind(SourceOffers.class).to(HostSound.class);
        bind(SoundNetwork.class).toInstance(config.network().toSoundNetwork());
        bind(Commands.class).to(LocalCommands.class).in(Singleton.class);
        bind(GuestNetwork.class).to(SoundLan.class);
        bind(VchanGuests.class).to(QubesGuests.class);
        bind(HypervisorListener.class).to(Reconciler.class);
    }

    @Provides
    @Singleton
    DhcpServer dhcpServer() {
        return new DhcpServer(config.runtimeDir());
    }

    @Provides
    @Singleton
    GuestSockets guestSockets(AudioLoop loop) {
        return new GuestSockets(config.runtimeDir().resolve("guests"), loop);
    }

    @Provides
    @Singleton
    HostSound hostSound(AudioLoop loop, EventHub hub) {
        return new HostSound(loop, config.hostServer(), config.audio().silenceAfterSeconds(), hub::moved);
    }

    @Provides
    Consumer<RelayEvent> relayEvents(EventHub hub, QubesGuests qubes) {
        return event -> {
            hub.happened(event);
            qubes.happened(event);
        };
    }

    @Provides
    Consumer<GuestEvent> guestEvents(EventHub hub) {
        return hub::happened;
    }

    @Provides
    @Singleton
    PortWatch portWatch(SoundNetwork network, Commands commands, Reconciler reconciler) {
        return new PortWatch(commands, network, reconciler::bridgeChanged, reconciler::bridgeIsHeard);
    }

    @Provides
    BridgePorts bridgePorts(SoundNetwork network) {
        return new BridgePorts(DEVICES, network.bridge());
    }

    @Provides
    NicDevices nicDevices() {
        return new XenNics(XenStore.PLACES, DEVICES);
    }

    @Provides
    XlGuests xlGuests(SoundNetwork network) {
        return new XlGuests(XenStore.PLACES, Path.of("/var/lib/xen"), DEVICES, network.bridge());
    }
}
