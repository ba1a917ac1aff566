package org.virtsound.plugin;

import com.google.inject.AbstractModule;
import com.google.inject.Provider;
import com.google.inject.Scopes;
import java.nio.file.Path;
import org.virtsound.audio.AudioModule;
import org.virtsound.audio.guest.PulseTcpEndpoint;
import org.virtsound.audio.host.HostSound;
import org.virtsound.audio.relay.GuestRelays;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.audio.stream.SoundHost;
import org.virtsound.audio.vchan.XenStore;
import org.virtsound.net.Commands;
import org.virtsound.net.DhcpServer;
import org.virtsound.net.LocalCommands;
import org.virtsound.net.PortWatch;
import org.virtsound.net.SoundNetwork;
import org.virtsound.plugin.config.ServiceConfig;
import org.virtsound.plugin.control.Api;
import org.virtsound.plugin.control.ControlServer;
import org.virtsound.plugin.control.EventHub;
import org.virtsound.plugin.libvirt.LibvirtWatcher;
import org.virtsound.plugin.local.LocalEndpoints;
import org.virtsound.plugin.provision.BridgePorts;
import org.virtsound.plugin.provision.GuestSockets;
import org.virtsound.plugin.provision.Reconciler;
import org.virtsound.plugin.provision.SoundLan;
import org.virtsound.plugin.qubes.QubesGuests;
import org.virtsound.plugin.xen.XenNics;
import org.virtsound.plugin.xen.XlGuests;

/**
 * Wires the daemon: which room gets which other. Each is made by a line of its own, not by annotations, whose reading takes a twentieth
 * of the start.
 */
final class ServiceModule extends AbstractModule {
    private static final Path DEVICES = Path.of("/sys/class/net");
    private static final Path XEN_RUNS = Path.of("/var/lib/xen");

    private final ServiceConfig config;

    ServiceModule(ServiceConfig config) {
        this.config = config;
    }

    @Override
    protected void configure() {
        SoundNetwork network = config.network().toSoundNetwork();
        Commands commands = new LocalCommands();
        Provider<AudioLoop> loop = getProvider(AudioLoop.class);
        Provider<GuestRelays> relays = getProvider(GuestRelays.class);
        Provider<PulseTcpEndpoint> endpoint = getProvider(PulseTcpEndpoint.class);

        Provider<EventHub> hub = one(EventHub.class, EventHub::new);
        Provider<HostSound> sound = one(
                HostSound.class,
                () -> new HostSound(
                        loop.get(), config.hostServer(), config.audio().silenceAfterSeconds(), hub.get()::moved));
        Provider<QubesGuests> vchans = one(QubesGuests.class, () -> new QubesGuests(config, loop.get()));
        Provider<GuestSockets> sockets = one(
                GuestSockets.class, () -> new GuestSockets(config.runtimeDir().resolve("guests"), loop.get()));
        Provider<SoundLan> lan =
                one(SoundLan.class, () -> new SoundLan(network, commands, new DhcpServer(config.runtimeDir())));
        Provider<Reconciler> reconciler = one(
                Reconciler.class,
                () -> new Reconciler(
                        network,
                        lan.get(),
                        new BridgePorts(DEVICES, network.bridge()),
                        new XenNics(XenStore.PLACES, DEVICES),
                        relays.get(),
                        endpoint.get(),
                        vchans.get(),
                        sockets.get(),
                        sound.get(),
                        hub.get()::happened));
        Provider<LocalEndpoints> locals =
                one(LocalEndpoints.class, () -> new LocalEndpoints(config, loop.get(), relays.get()));
        Provider<LibvirtWatcher> libvirt =
                one(LibvirtWatcher.class, () -> new LibvirtWatcher(config, reconciler.get()));
        Provider<ControlServer> control = one(
                ControlServer.class,
                () -> new ControlServer(
                        config,
                        new Api(config, reconciler.get(), locals.get(), libvirt.get(), sound.get(), network, lan.get()),
                        hub.get()));
        one(
                Service.class,
                () -> new Service(
                        config,
                        network,
                        lan.get(),
                        loop.get(),
                        sound.get(),
                        relays.get(),
                        endpoint.get(),
                        vchans.get(),
                        sockets.get(),
                        locals.get(),
                        reconciler.get(),
                        new PortWatch(
                                commands, network, reconciler.get()::bridgeChanged, reconciler.get()::bridgeIsHeard),
                        new FirewallWatch(reconciler.get()),
                        libvirt.get(),
                        new XlGuests(XenStore.PLACES, XEN_RUNS, DEVICES, network.bridge()),
                        control.get()));

        install(new AudioModule(config.limits(), config.audio().latency(), event -> {
            hub.get().happened(event);
            vchans.get().happened(event);
        }));
        bind(SoundHost.class).toProvider(sound);
    }

    /** One for the whole daemon. */
    private <T> Provider<T> one(Class<T> room, Provider<T> maker) {
        bind(room).toProvider(maker).in(Scopes.SINGLETON);
        return getProvider(room);
    }
}
