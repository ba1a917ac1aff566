package org.virtsound.net;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Works out the way up: firewall first, so that the bridge never carries a packet without it; then bridge, tap, ports,
 * forwarding entries and neighbours. Devices are made under another name and renamed once they carry our mark, so that
 * whatever is found under the real name is either whole or not ours, however a run ended.
 */
final class UpPlan {
    static final String NEW_BRIDGE = "virt-sound-br0";
    static final String NEW_TAP = "virt-sound-tap0";

    private final SoundNetwork network;
    private final NetworkState state;
    private final Maker maker;
    private final String bridge;
    private final List<Step> steps = new ArrayList<>();

    UpPlan(SoundNetwork network, NetworkState state, Maker maker) {
        this.network = network;
        this.state = state;
        this.maker = maker;
        this.bridge = network.bridge();
    }

    NetworkPlan plan(Collection<GuestPort> ports) {
        List<Problem> problems = Obstacles.of(network, state);
        if (!problems.isEmpty()) {
            return new NetworkPlan(List.of(), problems, Map.of());
        }
        Map<GuestPort, Problem> left = new LinkedHashMap<>();
        List<GuestPort> served = Obstacles.served(network, ports, state, left);
        firewall(served);
        devices();
        settings();
        PortGuard guard = state.guard();
        if (guard != null) {
            step(guard.up(served));
        }
        links(served);
        entries(served);
        neighbours(served);
        step(FirewalldZone.up(network, state.zone()));
        return new NetworkPlan(steps, List.of(), left);
    }

    private void firewall(List<GuestPort> served) {
        step(FirewallSteps.up("iptables", Firewall.ipv4(network, served), state.filter()));
        if (state.filter6().isReadable()) {
            step(FirewallSteps.up("ip6tables", Firewall.ipv6(network), state.filter6()));
        }
    }

    private void devices() {
        Batch leftovers = new Batch("ip");
        for (String name : List.of(NEW_BRIDGE, NEW_TAP)) {
            if (state.links().containsKey(name)) {
                leftovers.add("link", "delete", "dev", name);
            }
        }
        step("remove what an interrupted run left", leftovers, null);
        if (!state.links().containsKey(bridge)) {
            Batch make = new Batch("ip");
            make.add(
                    "link", "add", "name", NEW_BRIDGE, "address", bridgeMac(), "type", "bridge", "mcast_snooping", "0");
            make.add("link", "set", "dev", NEW_BRIDGE, "alias", maker.alias());
            make.add("link", "set", "dev", NEW_BRIDGE, "name", bridge);
            step("make the bridge", make, Command.of("ip", "link", "delete", "dev", bridge));
        }
        if (!state.links().containsKey(network.tap())) {
            Batch make = new Batch("ip");
            make.add("tuntap", "add", "dev", NEW_TAP, "mode", "tap");
            make.add("link", "set", "dev", NEW_TAP, "alias", maker.alias());
            make.add("link", "set", "dev", NEW_TAP, "name", network.tap());
            step("make the tap", make, Command.of("ip", "link", "delete", "dev", network.tap()));
        }
    }

    /** Fixed, so that a guest's ARP entry outlives a bridge that was made anew, and unicast of our own making (02). */
    private String bridgeMac() {
        return "02:76:"
                + HexFormat.ofDelimiter(":").formatHex(network.subnet().host().getAddress());
    }

    private void settings() {
        List<String> tee = new ArrayList<>(List.of("tee"));
        List<String> what = new ArrayList<>();
        // A bridge that is not there yet begins with the default.
        String ipv6 = state.links().containsKey(bridge) ? Settings.ipv6(bridge) : Settings.IPV6_DEFAULT;
        if (state.settings().getOrDefault(ipv6, "1").equals("0")) {
            tee.add(Settings.ipv6(bridge));
            what.add("switch IPv6 off on the bridge");
        }
        if (!state.settings().getOrDefault(Settings.arpIgnore(bridge), "0").equals("1")) {
            tee.add(Settings.arpIgnore(bridge));
            what.add("answer ARP for the bridge's own address only");
        }
        if (!what.isEmpty()) {
            steps.add(new Step(String.join(", ", what), new Command(tee, "1\n")));
        }
    }

    private void links(List<GuestPort> served) {
        String want = network.subnet().hostWithPrefix();
        Batch batch = new Batch("ip");
        Link there = state.links().get(bridge);
        List<String> addresses = there == null ? List.of() : there.addresses();
        if (!addresses.contains(want)) {
            // Only on a bridge of ours can it have another one: that of an older configuration.
            for (String address : addresses) {
                batch.add("addr", "delete", address, "dev", bridge);
            }
            batch.add("addr", "add", want, "dev", bridge);
        }
        if (there == null || !there.up()) {
            batch.add("link", "set", "dev", bridge, "up");
        }
        for (String member : members(served)) {
            Link link = state.links().get(member);
            Link.Port asItIs = null;
            if (link != null && link.master().equals(bridge)) {
                asItIs = link.port();
            } else {
                batch.add("link", "set", "dev", member, "master", bridge);
            }
            List<String> words = new ArrayList<>(List.of("link", "set", "dev", member, "type", "bridge_slave"));
            int bare = words.size();
            words.addAll(PortSettings.missing(asItIs, state));
            if (words.size() > bare) {
                batch.add(words.toArray(String[]::new));
            }
            if (link == null || !link.up()) {
                batch.add("link", "set", "dev", member, "up");
            }
        }
        step("address the bridge, join its ports and lock them", batch, null);
    }

    /** Every port of a bridge of ours is locked, also one that nobody has told us of yet: it stays mute. */
    private Set<String> members(List<GuestPort> served) {
        Set<String> members = new TreeSet<>(Set.of(network.tap()));
        String uplink = network.uplink();
        if (uplink != null && state.links().containsKey(uplink)) {
            members.add(uplink);
        }
        for (GuestPort port : served) {
            members.add(port.device());
        }
        Link there = state.links().get(bridge);
        if (there == null || Maker.of(there.alias()).isPresent()) {
            for (Link port : state.ports(network)) {
                members.add(port.name());
            }
        }
        return members;
    }

    private void entries(List<GuestPort> served) {
        Batch batch = new Batch("bridge");
        Map<String, String> want = new HashMap<>();
        for (GuestPort port : served) {
            want.put(port.mac().text(), port.device());
        }
        Set<String> there = new HashSet<>();
        for (NetworkState.Entry entry : state.entries()) {
            if (entry.device().equals(want.get(entry.mac())) && entry.sticky()) {
                there.add(entry.mac());
            } else if (entry.sticky() || want.containsKey(entry.mac())) {
                batch.add("fdb", "delete", entry.mac(), "dev", entry.device(), "master");
            }
        }
        for (GuestPort port : served) {
            if (!there.contains(port.mac().text())) {
                batch.add("fdb", "replace", port.mac().text(), "dev", port.device(), "master", "static", "sticky");
            }
        }
        step("tie each guest's MAC address to its port", batch, null);
    }

    private void neighbours(List<GuestPort> served) {
        Batch batch = new Batch("ip");
        Map<String, String> want = new HashMap<>();
        for (GuestPort port : served) {
            want.put(port.address().getHostAddress(), port.mac().text());
        }
        for (String address : state.neighbours().keySet()) {
            if (!want.containsKey(address)) {
                batch.add("neigh", "delete", address, "dev", bridge);
            }
        }
        for (GuestPort port : served) {
            String address = port.address().getHostAddress();
            if (!port.mac().text().equals(state.neighbours().get(address))) {
                batch.add("neigh", "replace", address, "lladdr", port.mac().text(), "dev", bridge, "nud", "permanent");
            }
        }
        step("fix each guest's neighbour entry", batch, null);
    }

    private void step(String what, Batch batch, @Nullable Command undo) {
        batch.command().ifPresent(command -> steps.add(new Step(what, command, undo)));
    }

    private void step(Optional<Step> step) {
        step.ifPresent(steps::add);
    }
}
