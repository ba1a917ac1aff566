package org.virtsound.plugin.provision;

import static java.util.Objects.requireNonNull;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.guest.PulseTcpEndpoint;
import org.virtsound.audio.guest.SocketPlace;
import org.virtsound.audio.relay.GuestPolicy;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.audio.relay.GuestRelays;
import org.virtsound.audio.stream.SourceOffers;
import org.virtsound.net.AddressChoice;
import org.virtsound.net.GuestPort;
import org.virtsound.net.MacAddress;
import org.virtsound.net.SoundNetwork;
import org.virtsound.net.Subnet;
import org.virtsound.plugin.domain.Domain;
import org.virtsound.plugin.domain.Transport;

/**
 * The domains that take part, and what each has: an address, a port, a relay. Each look brings a guest from wherever it is to where
 * it should be, and does nothing where it is there. Owned by the reconciler's thread.
 */
final class Guests {
    private static final Logger log = Logger.getLogger(Guests.class.getName());

    private static final int RELAY_CLOSES_WITHIN_S = 1;
    /** Where PulseAudio listens by TCP unless it is told otherwise. */
    private static final int GUESTS_OWN_PORT = 4713;

    private final SoundNetwork network;
    private final GuestRelays relays;
    private final PulseTcpEndpoint endpoint;
    private final VchanGuests vchans;
    private final GuestSockets sockets;
    private final SourceOffers sources;
    private final Consumer<GuestEvent> events;
    private final Addresses addresses;
    private final Map<UUID, Guest> guests = new LinkedHashMap<>();

    Guests(
            SoundNetwork network,
            GuestRelays relays,
            PulseTcpEndpoint endpoint,
            VchanGuests vchans,
            GuestSockets sockets,
            SourceOffers sources,
            Consumer<GuestEvent> events) {
        this.network = requireNonNull(network, "network is null");
        this.relays = relays;
        this.endpoint = endpoint;
        this.vchans = vchans;
        this.sockets = sockets;
        this.sources = sources;
        this.events = events;
        this.addresses = new Addresses(network.subnet());
    }

    Collection<Guest> all() {
        return guests.values();
    }

    @Nullable
    Guest find(UUID uuid) {
        return guests.get(uuid);
    }

    boolean isOf(Hypervisor hypervisor, UUID uuid) {
        Guest guest = guests.get(uuid);
        return guest != null && guest.hypervisor.uri().equals(hypervisor.uri());
    }

    /** The domain runs: it is taken in, or let go where it does not take part any more. */
    void runs(Hypervisor hypervisor, Domain domain) {
        boolean takesPart = domain.transport(network.bridge()) != null;
        Guest guest = guests.get(domain.uuid());
        boolean anotherRun = guest != null && guest.domain.id() != domain.id();
        if (guest != null && (!takesPart || anotherRun)) {
            stopped(domain.uuid());
            guest = null;
        }
        if (!takesPart) {
            return;
        }
        if (guest == null) {
            guests.put(domain.uuid(), new Guest(hypervisor, domain));
        } else {
            guest.hypervisor = hypervisor;
            guest.domain = domain;
        }
    }

    /** The domain does not run: nothing of it stays. */
    void stopped(UUID uuid) {
        Guest guest = guests.remove(uuid);
        if (guest != null) {
            disconnect(guest);
            addresses.release(uuid);
            events.accept(new GuestEvent.Down(guest.domain.identity()));
        }
    }

    /** Gives every guest what it should have, those first that have a claim to a certain address. */
    void settle() {
        guests.values().forEach(this::keep); // as they came, machines first
        List<Guest> order = new ArrayList<>(guests.values());
        order.sort(Comparator.comparingInt(this::claim).thenComparing(guest -> guest.domain.name()));
        for (Guest guest : order) {
            guest.problems.clear();
            guest.settings().problems().forEach(problem -> guest.problems.add("metadata: " + problem));
            try {
                settle(guest);
            } catch (RuntimeException e) {
                guest.problems.add("cannot be served: " + e);
                log.log(Level.SEVERE, "domain " + guest.domain.name(), e);
            }
        }
        shareNoDevice(order);
    }

    /** The ports that the network is to have. */
    List<GuestPort> ports() {
        List<GuestPort> ports = new ArrayList<>();
        for (Guest guest : guests.values()) {
            if (guest.port != null) {
                ports.add(guest.port);
            }
        }
        return ports;
    }

    /** Tells what is wrong with each guest, where it changed. */
    void tell() {
        for (Guest guest : guests.values()) {
            if (!guest.told.equals(guest.problems)) {
                guest.told = List.copyOf(guest.problems);
                events.accept(new GuestEvent.Problems(guest.domain.identity(), guest.told));
            }
        }
    }

    /**
     * What the domain's own side is to be told.
     *
     * @throws HypervisorException where it takes no part, or cannot be served; the message says what to do
     */
    GuestSide side(KnownDomain known) throws HypervisorException {
        Domain domain = known.domain();
        Transport transport = domain.transport(network.bridge());
        if (transport == null) {
            throw new HypervisorException(
                    "domain " + domain.name() + " has no sound; to give it some: virt-sound enable " + domain.name());
        }
        String problem = transport == Transport.SOCKET ? sockets.problem(domain.uuid()) : null;
        if (problem != null) {
            throw new HypervisorException("domain " + domain.name() + ": " + problem);
        }
        if (transport != Transport.NETWORK) {
            return new GuestSide(domain, known.hypervisorUri(), transport, null, null, sockets.mounted(domain.uuid()));
        }
        Domain.Nic nic = domain.nicOn(network.bridge());
        Inet4Address held = addresses.of(domain.uuid());
        String wanted = domain.settings() == null ? null : domain.settings().address();
        return new GuestSide(
                domain,
                known.hypervisorUri(),
                transport,
                nic == null ? NicOnDemand.mac(domain.uuid(), domain.type()) : nic.mac(),
                held != null ? held.getHostAddress() : wanted != null ? wanted : domain.assignedAddress(),
                null);
    }

    private void settle(Guest guest) {
        Domain.Nic nic = guest.domain.nicOn(network.bridge());
        Transport transport = guest.domain.transport(network.bridge());
        guest.transport = transport == null ? Transport.NETWORK : transport;
        if (guest.settings().offersSource() && guest.transport != Transport.NETWORK) {
            guest.problems.add("its source is offered over the network only; use transport type=\"network\"");
        }
        if (guest.transport == Transport.VCHAN) {
            overVchan(guest);
            return;
        }
        if (guest.transport == Transport.SOCKET) {
            overSocket(guest);
            return;
        }
        if (guest.vchan || guest.socket != null) {
            disconnect(guest);
        }
        if (nic == null) {
            guest.port = null; // what else it has stays for the NIC to come back
            if (guest.nicRefused != null) {
                guest.problems.add(guest.nicRefused);
            }
            return;
        }
        Inet4Address address = address(guest);
        if (address == null) {
            disconnect(guest);
            return;
        }
        if (nic.target() == null) {
            guest.port = null;
            guest.problems.add("its NIC on bridge " + network.bridge() + " has no device on the host yet");
            return;
        }
        guest.port = new GuestPort(nic.target(), new MacAddress(nic.mac()), address);
        connect(guest, address);
    }

    private void overVchan(Guest guest) {
        addresses.release(guest.uuid);
        if (!guest.vchan) {
            disconnect(guest); // from the network, if it was there
        }
        String refused = vchans.problem();
        if (refused != null) {
            disconnect(guest);
            guest.problems.add("transport vchan: " + refused);
            return;
        }
        GuestRelay relay = relay(guest);
        if (!guest.vchan) {
            guest.vchan = true;
            vchans.admit(guest.domain, relay);
            events.accept(new GuestEvent.Up(guest.domain.identity(), "vchan", ""));
        }
    }

    private void overSocket(Guest guest) {
        addresses.release(guest.uuid);
        if (guest.socket == null) {
            disconnect(guest); // from where it was, if it was
        }
        String problem = sockets.problem(guest.uuid);
        Path mounted = sockets.mounted(guest.uuid);
        if (problem != null || mounted == null) {
            disconnect(guest);
            guest.problems.add(String.valueOf(problem));
            return;
        }
        GuestRelay relay = relay(guest);
        if (guest.socket == null) {
            guest.socket = "unix:" + mounted.resolve(SocketPlace.NAME);
            sockets.admit(guest.uuid, relay);
            events.accept(new GuestEvent.Up(guest.domain.identity(), "socket", guest.socket));
        }
        if (!guest.domain.sees(mounted)) {
            guest.problems.add("it mounts no " + mounted + "; put the <filesystem> that 'virt-sound guest-config "
                    + guest.domain.name() + "' prints among its devices and start it anew");
        }
    }

    private void connect(Guest guest, Inet4Address address) {
        GuestRelay before = guest.relay;
        GuestRelay relay = relay(guest);
        boolean moved = !address.equals(guest.address);
        if (moved && guest.address != null) {
            endpoint.dismiss(guest.address);
        }
        guest.address = address;
        if (relay != before || moved) {
            endpoint.admit(address, relay);
            events.accept(new GuestEvent.Up(guest.domain.identity(), "network", address.getHostAddress()));
        }
        listen(guest);
    }

    /** Its own sound server's source is on the host while it has an address and its user says so. */
    private void listen(Guest guest) {
        Inet4Address server = guest.settings().offersSource() ? guest.address : null;
        if (Objects.equals(server, guest.offered)) {
            return;
        }
        guest.offered = server;
        if (server == null) {
            sources.withdraw(guest.uuid);
        } else {
            sources.offer(guest.uuid, guest.domain.name(), new InetSocketAddress(server, GUESTS_OWN_PORT));
        }
    }

    /** @return its relay, with the policy of its metadata in force */
    private GuestRelay relay(Guest guest) {
        if (guest.relay != null && !guest.relay.identity().equals(guest.domain.identity())) {
            GuestPort port = guest.port;
            disconnect(guest); // renamed: the host knows its stream by the name
            guest.port = port;
        }
        GuestPolicy policy = guest.settings().policy();
        GuestRelay relay = guest.relay;
        if (relay == null || !policy.equals(guest.policy)) {
            relay = relays.open(guest.domain.identity(), policy);
        }
        guest.relay = relay;
        guest.policy = policy;
        return relay;
    }

    private void disconnect(Guest guest) {
        if (guest.address != null) {
            endpoint.dismiss(guest.address);
        }
        if (guest.vchan) {
            vchans.dismiss(guest.domain);
        }
        if (guest.socket != null) {
            sockets.dismiss(guest.uuid);
        }
        if (guest.relay != null) {
            close(guest.relay);
        }
        guest.vchan = false;
        guest.socket = null;
        guest.relay = null;
        guest.policy = null;
        guest.address = null;
        guest.port = null;
        listen(guest);
    }

    /** Waits for it: a relay that is closing must not be found by the domain's next start. */
    private static void close(GuestRelay relay) {
        try {
            relay.close().orTimeout(RELAY_CLOSES_WITHIN_S, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            log.log(Level.WARNING, "domain " + relay.identity().name() + ": its relay does not close: " + e);
        }
    }

    /** What it had before this daemon started it holds, whoever names that; if its user names another, it moves from there. */
    private void keep(Guest guest) {
        Inet4Address before = parsed(guest, guest.domain.assignedAddress());
        boolean isOnNetwork = guest.domain.transport(network.bridge()) == Transport.NETWORK
                && guest.domain.nicOn(network.bridge()) != null;
        if (before != null && isOnNetwork && addresses.of(guest.uuid) == null) {
            take(guest, before, false);
        }
    }

    /** 0: holds one. 1: its user names one. 2: takes what is free. */
    private int claim(Guest guest) {
        return addresses.of(guest.uuid) != null ? 0 : guest.settings().address() != null ? 1 : 2;
    }

    private @Nullable Inet4Address address(Guest guest) {
        Inet4Address named = parsed(guest, guest.settings().address());
        if (named != null && !named.equals(addresses.of(guest.uuid))) {
            take(guest, named, true);
        }
        if (addresses.of(guest.uuid) == null) {
            take(guest, null, true);
        }
        return addresses.of(guest.uuid);
    }

    private void take(Guest guest, @Nullable Inet4Address asked, boolean tell) {
        if (addresses.take(guest.uuid, asked) instanceof AddressChoice.Refused refused && tell) {
            guest.problems.add(refused.problem().toString());
        }
    }

    private static @Nullable Inet4Address parsed(Guest guest, @Nullable String address) {
        try {
            return address == null ? null : Subnet.parseAddress(address);
        } catch (IllegalArgumentException e) {
            log.log(Level.FINE, "domain " + guest.domain.name() + ": " + e.getMessage());
            return null;
        }
    }

    /** Machines share the uplink. The hypervisor may name two NICs alike (libvirt's test driver does); the second one is not let in as the first. */
    private void shareNoDevice(List<Guest> order) {
        Map<String, Guest> byDevice = new HashMap<>();
        for (Guest guest : order) {
            GuestPort port = guest.port;
            boolean own = port != null && !port.device().equals(network.uplink());
            Guest first = port == null || !own ? null : byDevice.putIfAbsent(port.device(), guest);
            if (port != null && first != null) {
                disconnect(guest);
                guest.problems.add("its NIC's device " + port.device() + " is domain " + first.domain.name()
                        + "'s as well; give it one of its own");
            }
        }
    }
}
