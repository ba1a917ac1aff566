package org.virtsound.net;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One look at the network, in seven commands however many guests there are. What {@code ip} and {@code bridge} are asked goes in one
 * batch each time, and their answers are told apart by their keys.
 */
final class NetworkReading {
    private final Commands commands;
    private final SoundNetwork network;
    private final String bridge;

    private final Map<String, Map<String, Object>> devices = new LinkedHashMap<>();
    private final Map<String, Map<String, Object>> details = new HashMap<>();
    private final Map<String, Link.Port> ports = new HashMap<>();
    /** Where the kernel can filter VLANs, an entry is listed once without one and once for the default one; it is one to us. */
    private final Set<NetworkState.Entry> entries = new LinkedHashSet<>();

    private final Map<String, String> neighbours = new LinkedHashMap<>();
    private final List<NetworkState.Route> routes = new ArrayList<>();

    NetworkReading(Commands commands, SoundNetwork network) {
        this.commands = commands;
        this.network = network;
        this.bridge = network.bridge();
    }

    /** @param ip without lines yet; its options say how much there is to read of devices */
    NetworkState read(Batch ip) {
        devicesAndRoutes(ip);
        detailsAndNeighbours();
        portsAndEntries();
        return new NetworkState(
                links(),
                List.copyOf(entries),
                neighbours,
                routes,
                listeners(),
                settings(),
                filter("iptables-save"),
                filter("ip6tables-save"),
                network.firewalldZone() == null ? null : FirewalldZone.read(commands, bridge),
                PortGuard.read(commands));
    }

    private void devicesAndRoutes(Batch ip) {
        ip.add("addr", "show");
        ip.add("route", "show", "table", "main");
        for (Map<String, Object> found : answers(ip)) {
            String device = Json.text(found, "dev");
            if (found.containsKey("ifname")) {
                devices.put(Json.text(found, "ifname"), found);
            } else if (found.containsKey("dst") && !device.equals(bridge)) {
                routes.add(new NetworkState.Route(Json.text(found, "dst"), device));
            }
        }
    }

    /** Details are asked of bridge and tap only: of hundreds of devices they are most of what there is to read. */
    private void detailsAndNeighbours() {
        Batch ip = new Batch("ip", "-j", "-d");
        for (String name : List.of(bridge, network.tap())) {
            if (devices.containsKey(name)) {
                ip.add("link", "show", "dev", name);
            }
        }
        if (devices.containsKey(bridge)) {
            ip.add("neigh", "show", "dev", bridge, "nud", "permanent");
        }
        for (Map<String, Object> found : answers(ip)) {
            String address = Json.text(found, "dst");
            if (found.containsKey("ifname")) {
                details.put(Json.text(found, "ifname"), found);
            } else if (isBridge() && !address.contains(":")) {
                neighbours.put(address, Json.text(found, "lladdr"));
            }
        }
    }

    private boolean isBridge() {
        Map<String, Object> info = Json.object(details.getOrDefault(bridge, Map.of()), "linkinfo");
        return Json.text(info, "info_kind").equals("bridge");
    }

    private void portsAndEntries() {
        Batch of = new Batch("bridge", "-j", "-d");
        of.add("link", "show");
        if (isBridge()) {
            of.add("fdb", "show", "br", bridge);
        }
        for (Map<String, Object> found : answers(of)) {
            String device = Json.text(found, "ifname");
            if (!found.containsKey("mac")) {
                ports.put(device, Link.Port.of(found));
            } else if (Json.text(found, "state").equals("static")) {
                boolean sticky = found.get("flags") instanceof List<?> flags && flags.contains("sticky");
                entries.add(new NetworkState.Entry(device, Json.text(found, "mac"), sticky));
            }
        }
    }

    private List<Map<String, Object>> answers(Batch batch) {
        List<Map<String, Object>> all = new ArrayList<>();
        Optional<Command> command = batch.command();
        if (command.isPresent()) {
            for (String line : commands.run(command.get()).split("\n", -1)) {
                all.addAll(Json.objects(line));
            }
        }
        return all;
    }

    private Map<String, Link> links() {
        Map<String, Link> links = new LinkedHashMap<>();
        devices.forEach((name, json) ->
                links.put(name, Link.of(json, details.getOrDefault(name, Map.of()), ports.get(name))));
        return links;
    }

    /** Lines of ss(8): state, two queues, local address and port, remote. /proc/net/tcp would list every connection, too. */
    private List<String> listeners() {
        List<String> addresses = new ArrayList<>();
        String listed = commands.run("ss", "-H", "-l", "-t", "-n", "sport = :" + network.port());
        for (String line : listed.lines().toList()) {
            String local = line.strip().split(" +", -1)[3];
            addresses.add(local.substring(0, local.lastIndexOf(':')));
        }
        return addresses;
    }

    private Map<String, String> settings() {
        Map<String, String> values = new LinkedHashMap<>();
        for (String path : List.of(Settings.IPV6_DEFAULT, Settings.ipv6(bridge), Settings.arpIgnore(bridge))) {
            String value = commands.read(path).strip();
            if (!value.isEmpty()) {
                values.put(path, value);
            }
        }
        return values;
    }

    private Filter filter(String save) {
        try {
            return Filter.parse(commands.run(save, "-c"));
        } catch (CommandFailure e) {
            return Filter.unreadable(String.valueOf(e.getMessage()));
        }
    }
}
