package org.virtsound.net;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is: devices, forwarding entries, neighbours, routes, listeners and firewall. Reading changes nothing.
 *
 * @param links every device by name
 * @param entries the bridge's static forwarding entries
 * @param neighbours the bridge's permanent neighbours, MAC address by IPv4 address
 * @param routes destinations of the routes that lead elsewhere than over the bridge
 * @param listeners local addresses that something listens on at the sound server's port
 * @param settings kernel settings of the bridge, by path under {@code /proc/sys}
 * @param zone firewalld's zone of the bridge, empty for none; null where firewalld does not run or is left alone
 * @param guard the rules on the ports' own hooks, null where there can be none
 */
public record NetworkState(
        Map<String, Link> links,
        List<Entry> entries,
        Map<String, String> neighbours,
        List<Route> routes,
        List<String> listeners,
        Map<String, String> settings,
        Filter filter,
        Filter filter6,
        @Nullable String zone,
        @Nullable PortGuard guard) {
    /** As ss(8) calls every address, of IPv4 and of IPv6. */
    static final String ANY = "*";

    /** A static forwarding entry: frames to {@code mac} leave by {@code device} only. */
    record Entry(String device, String mac, boolean sticky) {}

    /** A route to {@code destination} over {@code device}. */
    record Route(String destination, String device) {
        /** No network is as large: VPNs write the default route in pieces, 0.0.0.0/1 and 128.0.0.0/1. */
        private static final int LARGEST_PREFIX = 8;

        boolean overlaps(Subnet subnet) {
            if (destination.equals("default") || !destination.matches("[0-9.]+(/[0-9]+)?")) {
                return false;
            }
            String[] parts = destination.split("/", -1);
            int prefix = parts.length == 1 ? 32 : Integer.parseInt(parts[1]);
            return prefix >= LARGEST_PREFIX && subnet.overlaps(Subnet.parseAddress(parts[0]), prefix);
        }
    }

    /** Reads what there is; a firewall that cannot be read is part of the state, any other failure is thrown. */
    public static NetworkState read(Commands commands, SoundNetwork network) {
        return new NetworkReading(commands, network).read(new Batch("ip", "-j"));
    }

    /** The same with the counters of devices, which take longer to read. */
    static NetworkState readCounted(Commands commands, SoundNetwork network) {
        return new NetworkReading(commands, network).read(new Batch("ip", "-j", "-s"));
    }

    Optional<Link> link(String name) {
        return Optional.ofNullable(links.get(name));
    }

    /** The bridge's ports, as the kernel has them. */
    List<Link> ports(SoundNetwork network) {
        List<Link> ports = new ArrayList<>();
        for (Link link : links.values()) {
            if (link.master().equals(network.bridge())) {
                ports.add(link);
            }
        }
        return ports;
    }

    /**
     * The guests' ports as they are set up now: a permanent neighbour whose MAC address is tied to a port. What the
     * command line, which knows no domains, must leave in place.
     */
    public List<GuestPort> guestPorts() {
        Map<String, Entry> tied = new HashMap<>();
        entries.stream().filter(Entry::sticky).forEach(entry -> tied.put(entry.mac(), entry));
        List<GuestPort> ports = new ArrayList<>();
        neighbours.forEach((address, mac) -> {
            Entry entry = tied.get(mac);
            if (entry != null) {
                ports.add(new GuestPort(entry.device(), new MacAddress(mac), Subnet.parseAddress(address)));
            }
        });
        return ports;
    }

    /** @return whether the firewall's rules are nftables', of whose changes the kernel tells */
    public boolean isOnNftables() {
        return filter.isNft() && (filter6.isNft() || !filter6.isReadable());
    }

    /** What each guest's port sent, as far as the firewall counted it; the devices' own counters are not read. */
    public List<PortTraffic> traffic(Collection<GuestPort> ports) {
        return ports.stream().map(port -> PortTraffic.of(port, this)).toList();
    }

    /** The network by the names that its bridge and its tap have here: of those that virt-sound made, where it is called otherwise. */
    public static SoundNetwork named(Commands commands, SoundNetwork network) {
        return new SoundNetwork(
                made(commands, "bridge", network.bridge()),
                made(commands, "tun", network.tap()),
                network.subnet(),
                network.port(),
                network.dhcp(),
                network.uplink(),
                network.firewalldZone());
    }

    private static String made(Commands commands, String type, String name) {
        List<String> ours = Json.objects(commands.run("ip", "-j", "link", "show", "type", type)).stream()
                .filter(link -> Maker.of(Json.text(link, "ifalias")).isPresent())
                .map(link -> Json.text(link, "ifname"))
                .filter(made -> !made.equals(UpPlan.NEW_BRIDGE) && !made.equals(UpPlan.NEW_TAP))
                .toList();
        return ours.isEmpty() || ours.contains(name) ? name : ours.get(0);
    }

    /** Who made the bridge; empty where there is none, or a stranger's. */
    public Optional<Maker> maker(SoundNetwork network) {
        return link(network.bridge()).flatMap(link -> Maker.of(link.alias()));
    }

    /** Whether kernel and iproute2 know a locked port; where no port shows it, both are taken to be of today. */
    boolean canLock() {
        for (Link link : links.values()) {
            Link.Port port = link.port();
            if (port != null && port.locked() == null) {
                return false;
            }
        }
        return true;
    }
}
