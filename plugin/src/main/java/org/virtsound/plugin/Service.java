package org.virtsound.plugin;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.guest.PulseTcpEndpoint;
import org.virtsound.audio.host.HostSound;
import org.virtsound.audio.relay.GuestRelays;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.net.PortWatch;
import org.virtsound.net.SoundNetwork;
import org.virtsound.plugin.config.ServiceConfig;
import org.virtsound.plugin.control.ControlServer;
import org.virtsound.plugin.control.RuntimeDir;
import org.virtsound.plugin.libvirt.LibvirtWatcher;
import org.virtsound.plugin.local.LocalEndpoints;
import org.virtsound.plugin.provision.GuestSockets;
import org.virtsound.plugin.provision.OutsideMachines;
import org.virtsound.plugin.provision.Reconciler;
import org.virtsound.plugin.provision.SoundLan;
import org.virtsound.plugin.provision.StoredContainers;
import org.virtsound.plugin.qubes.QubesGuests;
import org.virtsound.plugin.xen.XlGuests;

/**
 * The order of things: each step of the start leaves behind how it is undone, and the stop undoes them in reverse, every one even if
 * another fails.
 */
final class Service {
    private static final Logger log = Logger.getLogger(Service.class.getName());
    private static final Path LIBVIRTS_CONTAINERS = Path.of("/etc/libvirt/lxc");
    private static final int RECONCILER_STOPS_WITHIN_MS = 700;
    /** It rests for 30 s where nothing happens; a call to libvirt or to a command of the network may hold it for longer. */
    private static final int RECONCILER_PASSES_WITHIN_S = 75;

    private final ServiceConfig config;
    private final SoundNetwork network;
    private final SoundLan lan;
    private final AudioLoop audio;
    private final HostSound sound;
    private final GuestRelays relays;
    private final PulseTcpEndpoint endpoint;
    private final QubesGuests vchans;
    private final GuestSockets sockets;
    private final LocalEndpoints locals;
    private final Reconciler reconciler;
    private final PortWatch ports;
    private final FirewallWatch firewall;
    private final LibvirtWatcher libvirt;
    private final XlGuests xl;
    private final ControlServer control;
    private final Deque<AutoCloseable> undo = new ArrayDeque<>();
    private volatile @Nullable SystemdNotify notify;

    Service(
            ServiceConfig config,
            SoundNetwork network,
            SoundLan lan,
            AudioLoop audio,
            HostSound sound,
            GuestRelays relays,
            PulseTcpEndpoint endpoint,
            QubesGuests vchans,
            GuestSockets sockets,
            LocalEndpoints locals,
            Reconciler reconciler,
            PortWatch ports,
            FirewallWatch firewall,
            LibvirtWatcher libvirt,
            XlGuests xl,
            ControlServer control) {
        this.config = config;
        this.network = network;
        this.lan = lan;
        this.audio = audio;
        this.sound = sound;
        this.relays = relays;
        this.endpoint = endpoint;
        this.vchans = vchans;
        this.sockets = sockets;
        this.locals = locals;
        this.reconciler = reconciler;
        this.ports = ports;
        this.firewall = firewall;
        this.libvirt = libvirt;
        this.xl = xl;
        this.control = control;
    }

    /** @throws IOException with what is in the way and the next step; what was started by then is for {@link #stop} */
    synchronized void start() throws IOException {
        RuntimeDir dir = RuntimeDir.take(config.runtimeDir());
        undo.push(dir);
        undo.push(audio);
        undo.push(sound);
        // The network comes before the domains: one whose XML names the bridge does not start without it.
        undo.push(config.network().keep() ? lan::leave : lan::down);
        lan.apply(List.of());
        undo.push(endpoint);
        undo.push(relays);
        undo.push(vchans);
        undo.push(sockets);
        for (String uri : config.libvirtUris()) {
            if (uri.startsWith("lxc")) {
                StoredContainers.offer(LIBVIRTS_CONTAINERS, uri, network.bridge(), sockets);
            }
        }
        InetSocketAddress address = new InetSocketAddress(network.subnet().host(), network.port());
        try {
            endpoint.listen(address).join();
        } catch (CompletionException e) {
            throw new IOException(
                    "guests' endpoint " + address.getHostString() + ":" + address.getPort() + ": "
                            + (e.getCause() == null ? e : e.getCause()).getMessage()
                            + "; " + network.howToFreeThePort(),
                    e);
        }
        log.log(
                Level.INFO,
                "bridge " + network.bridge() + " is up; guests connect to " + address.getHostString() + ":"
                        + address.getPort());
        undo.push(locals);
        locals.start();
        undo.push(control);
        control.start(dir.controlSocket());
        InetSocketAddress metrics = config.metrics().listen();
        if (metrics != null) {
            control.serveMetrics(metrics);
            log.log(
                    Level.INFO,
                    "metrics for every user of this machine: http://" + metrics.getHostString() + ":"
                            + metrics.getPort() + "/metrics");
        }
        SystemdNotify systemd = SystemdNotify.connect(audio, System.getenv());
        undo.push(systemd);
        // The bridge is up, and whoever connects is answered. What follows has others to wait for.
        systemd.ready(state());
        undo.push(() -> reconciler.stop(RECONCILER_STOPS_WITHIN_MS));
        reconciler.start();
        undo.push(ports);
        ports.start();
        serveMachines();
        undo.push(libvirt);
        libvirt.start();
        if (xl.canBe()) {
            reconciler.connected(xl);
        }
        undo.push(systemd::stopping);
        systemd.watch(() -> reconciler.passedWithin(RECONCILER_PASSES_WITHIN_S, TimeUnit.SECONDS));
        notify = systemd;
        // Nobody waits for these.
        firewall.start();
        ProgramPages pages = new ProgramPages();
        undo.push(pages);
        pages.start();
    }

    private void serveMachines() {
        if (network.uplink() == null) {
            return;
        }
        OutsideMachines machines = new OutsideMachines(network, config.machines());
        log.log(
                Level.WARNING,
                "network.uplink: " + network.uplink() + " is a port of bridge " + network.bridge()
                        + ", so that machines outside reach it; " + machines);
        reconciler.connected(machines);
    }

    /** Looks at every guest anew. What of a changed configuration was not taken up is for the caller to say. */
    void reload() {
        SystemdNotify systemd = notify;
        if (systemd != null) {
            systemd.reloading();
            reconciler.lookAgain();
            systemd.ready(state());
        }
    }

    private String state() {
        return "bridge " + network.bridge() + " is up, serving " + String.join(", ", config.libvirtUris());
    }

    synchronized void stop() {
        while (!undo.isEmpty()) {
            try {
                undo.pop().close();
            } catch (Exception e) {
                log.log(Level.WARNING, "while stopping", e);
            }
        }
    }
}
