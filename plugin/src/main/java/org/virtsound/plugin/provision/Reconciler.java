package org.virtsound.plugin.provision;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.guest.PulseTcpEndpoint;
import org.virtsound.audio.relay.GuestRelays;
import org.virtsound.audio.stream.SourceOffers;
import org.virtsound.net.GuestPort;
import org.virtsound.net.Problem;
import org.virtsound.net.SoundNetwork;
import org.virtsound.plugin.domain.AudioElement.Setting;
import org.virtsound.plugin.domain.Domain;
import org.virtsound.plugin.domain.DomainTexts;
import org.virtsound.plugin.domain.Transport;

/**
 * The one thread that owns the truth about guests: whatever is reported, it reads the domain again, works out what should be and
 * makes it so, over and over. A connection to libvirt that is lost tears nothing down, since its domains run on.
 */
public final class Reconciler implements HypervisorListener {
    private static final Logger log = Logger.getLogger(Reconciler.class.getName());
    private static final long FULL_PASS_NANOS = TimeUnit.SECONDS.toNanos(30);
    /** So soon a pass that failed is made again, and ports are looked at where nobody tells of them. */
    private static final long SOON_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Inbox inbox = new Inbox();
    private final DomainTexts texts = new DomainTexts();
    private final NetworkLooks networkLooks = new NetworkLooks();
    private final Guests guests;
    private final GuestSockets sockets;
    private final NicOnDemand nics;
    private final StateElement states;
    private final DomainEdits edits;
    private final GuestNetwork network;
    private final BridgePorts ports;
    private final NicDevices devices;
    private final String bridge;
    private final Thread thread = new Thread(this::run, "reconciler");
    private final Set<Hypervisor> hypervisors = new LinkedHashSet<>();
    private final Map<UUID, Bystander> besideLibvirt = new LinkedHashMap<>();
    private final AtomicBoolean lookAgain = new AtomicBoolean();
    private @Nullable String networkProblem;
    private long nextFullPassNanos;
    private volatile List<GuestView> views = List.of();
    private volatile List<Bystander> bystanders = List.of();
    private volatile long passedAtNanos = System.nanoTime();
    private volatile boolean stopped;

    public Reconciler(
            SoundNetwork soundNetwork,
            GuestNetwork network,
            BridgePorts ports,
            NicDevices devices,
            GuestRelays relays,
            PulseTcpEndpoint endpoint,
            VchanGuests vchans,
            GuestSockets sockets,
            SourceOffers sources,
            Consumer<GuestEvent> events) {
        this.bridge = soundNetwork.bridge();
        this.guests = new Guests(soundNetwork, relays, endpoint, vchans, sockets, sources, events);
        this.sockets = sockets;
        this.nics = new NicOnDemand(bridge);
        this.states = new StateElement();
        this.edits = new DomainEdits(bridge, inbox);
        this.network = network;
        this.ports = ports;
        this.devices = devices;
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Ends the thread; what is there stays for others to close. */
    public void stop(long withinMs) {
        stopped = true;
        inbox.wake();
        try {
            thread.join(withinMs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the thread goes round. For any thread. */
    public boolean passedWithin(long duration, TimeUnit unit) {
        return System.nanoTime() - passedAtNanos <= unit.toNanos(duration);
    }

    /** Reads every domain again. For any thread. */
    public void lookAgain() {
        lookAgain.set(true);
        inbox.wake();
    }

    /** The bridge or a port of it is not what it was; one that has joined is looked for at once. For any thread. */
    public void bridgeChanged() {
        networkLooks.note();
        inbox.wake();
    }

    /** Whether {@link #bridgeChanged} is called for every change from now on. For any thread. */
    public void bridgeIsHeard(boolean heard) {
        networkLooks.heard(NetworkLooks.Part.BRIDGE, heard);
        inbox.wake();
    }

    /** Somebody, possibly we, changed the firewall's rules. For any thread. */
    public void firewallChanged() {
        if (networkLooks.note()) {
            inbox.wake();
        }
    }

    /** Whether {@link #firewallChanged} is called for every change from now on. For any thread. */
    public void firewallIsHeard(boolean heard) {
        networkLooks.heard(NetworkLooks.Part.FIREWALL, heard);
    }

    /** The guests as the last pass left them. For any thread. */
    public List<GuestView> guests() {
        return views;
    }

    /** Running domains that libvirt does not see and that have no sound. For any thread. */
    public List<Bystander> bystanders() {
        return bystanders;
    }

    @Override
    public void connected(Hypervisor hypervisor) {
        inbox.connected(hypervisor);
    }

    @Override
    public void lost(Hypervisor hypervisor) {
        inbox.lost(hypervisor);
    }

    @Override
    public void changed(Hypervisor hypervisor, UUID domain) {
        inbox.changed(hypervisor, domain);
    }

    /**
     * Asks libvirt for a domain, whether it takes part or not. For any thread.
     *
     * @param reference a name, UUID or id
     * @return ends with {@link HypervisorException} where libvirt is not there, {@link NoSuchElementException} where it knows none
     */
    public CompletableFuture<KnownDomain> look(String reference) {
        return call(() -> KnownDomain.of(DomainEdits.find(hypervisors, reference), bridge));
    }

    /**
     * Changes settings in the domain's metadata, live where it runs. For any thread.
     *
     * @param reference a name, UUID or id
     * @param persistent for its next start, too
     * @return as {@link #look}, or ends with {@link IllegalArgumentException}; the message says what to do
     */
    public CompletableFuture<Boolean> set(String reference, List<Setting> settings, boolean persistent) {
        return call(() -> {
            edits.set(hypervisors, reference, settings, persistent);
            return true;
        });
    }

    /** Lets the domain take part, or not any more, from now on and at its next starts. For any thread. */
    public CompletableFuture<Boolean> enable(String reference, boolean enabled) {
        return call(() -> {
            if (enabled) {
                edits.enable(hypervisors, reference);
            } else {
                edits.disable(hypervisors, reference);
            }
            return true;
        });
    }

    /**
     * What a domain's own side is to be told, whether it runs or not. For any thread.
     *
     * @param reference a name, UUID or id
     * @return as {@link #look}; the message says what to do
     */
    public CompletableFuture<GuestSide> side(String reference) {
        return call(() -> {
            DomainEdits.Found found = DomainEdits.find(hypervisors, reference);
            read(found.hypervisor(), found.uuid()); // what was just defined may not be reported yet
            return guests.side(KnownDomain.of(found, bridge));
        });
    }

    private interface Call<T> {
        T run() throws HypervisorException;
    }

    /** On the reconciler's thread. */
    private <T> CompletableFuture<T> call(Call<T> call) {
        CompletableFuture<T> done = new CompletableFuture<>();
        inbox.put(new Inbox.Note.Task(() -> {
            try {
                done.complete(call.run());
            } catch (HypervisorException | RuntimeException e) {
                done.completeExceptionally(e);
            }
        }));
        return done;
    }

    private void run() {
        nextFullPassNanos = System.nanoTime() + FULL_PASS_NANOS;
        while (!stopped) {
            try {
                pass(inbox.take(idleNanos(System.nanoTime())), System.nanoTime());
            } catch (RuntimeException e) {
                log.log(Level.SEVERE, "a pass failed; the next one tries again", e);
                lookAgain.set(true); // for what it was told and did not come to
                networkLooks.begin(System.nanoTime()); // not at once
            }
            passedAtNanos = System.nanoTime();
        }
    }

    /** How long nothing is due. */
    private long idleNanos(long nowNanos) {
        long idle = Math.min(Math.max(0, nextFullPassNanos - nowNanos), networkLookInNanos(nowNanos));
        boolean soon = lookAgain.get() || !networkLooks.hears(NetworkLooks.Part.BRIDGE);
        return soon ? Math.min(idle, SOON_NANOS) : idle;
    }

    /** Without guests, nobody misses it before the next full pass. */
    private long networkLookInNanos(long nowNanos) {
        return guests.all().isEmpty() ? Long.MAX_VALUE : networkLooks.dueInNanos(nowNanos);
    }

    /** One pass over what is reported by now. */
    void pass(long nowNanos) {
        pass(inbox.take(0), nowNanos);
    }

    /** One look at all that was reported or is due. */
    private void pass(Set<Inbox.Note> notes, long nowNanos) {
        Map<UUID, Hypervisor> dirty = new LinkedHashMap<>();
        Set<Hypervisor> fresh = new LinkedHashSet<>();
        for (Inbox.Note note : notes) {
            take(note, dirty, fresh);
        }
        boolean portsChanged = ports.changed();
        boolean full = lookAgain.getAndSet(false) || portsChanged || nowNanos - nextFullPassNanos >= 0;
        if (full) {
            nextFullPassNanos = nowNanos + FULL_PASS_NANOS;
            texts.lookBegins();
        }
        for (Hypervisor hypervisor : hypervisors) {
            if (full || fresh.contains(hypervisor)) {
                markAll(hypervisor, dirty);
            }
        }
        dirty.forEach((uuid, hypervisor) -> read(hypervisor, uuid));
        bystanders = List.copyOf(besideLibvirt.values());
        boolean look = portsChanged || full || networkLookInNanos(nowNanos) == 0;
        if (dirty.isEmpty() && !look) {
            return;
        }
        networkLooks.begin(nowNanos);
        guests.settle();
        applyNetwork();
        for (Guest guest : guests.all()) {
            if (hypervisors.contains(guest.hypervisor)) {
                nics.ask(guest, inbox, nowNanos);
                states.write(guest, full);
            }
        }
        guests.tell();
        views = guests.all().stream().map(guest -> guest.view(bridge)).toList();
    }

    /** Asks no hypervisor yet, so that one that fails keeps no note from being taken. */
    private void take(Inbox.Note note, Map<UUID, Hypervisor> dirty, Set<Hypervisor> fresh) {
        if (note instanceof Inbox.Note.Connected connected) {
            hypervisors.add(connected.hypervisor());
            fresh.add(connected.hypervisor());
        } else if (note instanceof Inbox.Note.Lost lost) {
            hypervisors.remove(lost.hypervisor());
        } else if (note instanceof Inbox.Note.Changed changed && hypervisors.contains(changed.hypervisor())) {
            dirty.put(changed.domain(), changed.hypervisor());
        } else if (note instanceof Inbox.Note.Task task) {
            task.work().run();
        }
    }

    /** All that it has, and all that we know from there and that may have ended unseen. */
    private void markAll(Hypervisor hypervisor, Map<UUID, Hypervisor> dirty) {
        try {
            List<UUID> domains = hypervisor.domains();
            domains.forEach(uuid -> dirty.put(uuid, hypervisor));
            sockets.keep(hypervisor.uri(), Set.copyOf(domains));
        } catch (HypervisorException e) {
            log.log(Level.WARNING, hypervisor.uri() + ": cannot list domains: " + e.getMessage());
            return;
        }
        if (hypervisor.isBesideLibvirt()) {
            besideLibvirt.clear();
        }
        for (Guest guest : guests.all()) {
            if (guest.hypervisor.uri().equals(hypervisor.uri())) {
                dirty.put(guest.uuid, hypervisor);
            }
        }
    }

    private void read(Hypervisor hypervisor, UUID uuid) {
        try {
            Domain runs = hypervisor
                    .liveXml(uuid)
                    .map(texts::domain)
                    .map(devices::named)
                    .orElse(null);
            Domain starts = hypervisor.persistentXml(uuid).map(texts::domain).orElse(null);
            if (runs != null) {
                guests.runs(hypervisor, runs);
                if (hypervisor.isBesideLibvirt() && runs.transport(bridge) == null) {
                    besideLibvirt.put(
                            uuid,
                            new Bystander(uuid, runs.name(), runs.id(), hypervisor.nicByHand(runs.name(), bridge)));
                }
            } else if (guests.isOf(hypervisor, uuid)) {
                guests.stopped(uuid);
            }
            offerSocket(hypervisor, uuid, runs, starts);
        } catch (HypervisorException e) {
            // What it has, it keeps; the next full pass asks again.
            log.log(Level.WARNING, hypervisor.uri() + ": cannot read domain " + uuid + ": " + e.getMessage());
        } catch (IllegalArgumentException e) {
            log.log(Level.WARNING, hypervisor.uri() + ": domain " + uuid + ": " + e.getMessage());
        }
    }

    /** What runs goes before what is to start next. */
    private void offerSocket(Hypervisor hypervisor, UUID uuid, @Nullable Domain runs, @Nullable Domain starts) {
        if (runs != null && runs.transport(bridge) == Transport.SOCKET) {
            sockets.offer(runs, hypervisor.uri());
        } else if (starts != null && starts.transport(bridge) == Transport.SOCKET) {
            sockets.offer(starts, hypervisor.uri());
        } else if (runs != null || starts != null) {
            sockets.shut(uuid);
        } else {
            sockets.remove(uuid, hypervisor.uri());
        }
    }

    private void applyNetwork() {
        String problem = null;
        Map<GuestPort, Problem> left = Map.of();
        try {
            long fromNanos = System.nanoTime();
            left = network.apply(guests.ports());
            networkLooks.end(System.nanoTime() - fromNanos, network.tellsOfChanges());
        } catch (RuntimeException e) {
            problem = "network: " + e.getMessage();
        }
        if (problem != null && !problem.equals(networkProblem)) {
            log.log(Level.SEVERE, problem);
        } else if (problem == null && networkProblem != null) {
            log.log(Level.INFO, "network: all is as it should be again");
        }
        networkProblem = problem;
        for (Guest guest : guests.all()) {
            if (guest.port != null && problem != null) {
                guest.problems.add(problem);
            } else if (guest.port != null && left.get(guest.port) != null) {
                guest.problems.add("network: " + left.get(guest.port));
            }
        }
    }
}
