package org.virtsound.net;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.virtsound.net.NetworkReport.Check;

/** The part of a report that is about devices, ports, forwarding entries and neighbours. */
final class DeviceChecks {
    private final SoundNetwork network;
    private final NetworkState state;
    private final List<Check> checks = new ArrayList<>();

    private DeviceChecks(SoundNetwork network, NetworkState state) {
        this.network = network;
        this.state = state;
    }

    static List<Check> of(SoundNetwork network, List<GuestPort> served, NetworkState state) {
        DeviceChecks all = new DeviceChecks(network, state);
        all.bridge();
        all.member("tap " + network.tap(), network.tap());
        if (network.uplink() != null) {
            all.member("uplink " + network.uplink(), Objects.requireNonNull(network.uplink()));
        }
        served.forEach(all::port);
        PortGuard guard = state.guard();
        if (guard != null) {
            PortGuard.byDevice(served)
                    .forEach((device, guests) -> all.add(
                            "port " + device,
                            "drops other guests' addresses at its own hook",
                            guard.holds(device, guests),
                            guard.ports().containsKey(device) ? "other rules" : ""));
        }
        return all.checks;
    }

    private void bridge() {
        String group = "bridge " + network.bridge();
        Link link = state.links().get(network.bridge());
        if (link == null) {
            add(group, "is there", false, "");
            return;
        }
        String made = state.maker(network).map(maker -> ", made by " + maker).orElse(", made by someone else");
        add(group, "is there" + made, link.kind().equals("bridge"), link.kind());
        String want = network.subnet().hostWithPrefix();
        add(group, "has " + want, link.addresses().contains(want), String.join(", ", link.addresses()));
        add(group, "is up", link.up(), "");
        String ipv6 = state.settings().getOrDefault(Settings.ipv6(network.bridge()), "1");
        add(group, "has no IPv6", !ipv6.equals("0"), "IPv6 is on");
        String arp = state.settings().getOrDefault(Settings.arpIgnore(network.bridge()), "0");
        add(group, "answers ARP for its own address only", arp.equals("1"), "arp_ignore is " + arp);
    }

    private void member(String group, String device) {
        Link link = state.links().get(device);
        if (link == null) {
            add(group, "is there", false, "");
            return;
        }
        boolean joined = link.master().equals(network.bridge());
        add(group, "is on " + network.bridge(), joined, link.master().isEmpty() ? "" : "on " + link.master());
        add(group, "is up", link.up(), "");
        List<String> open = PortSettings.missing(joined ? link.port() : null, state);
        add(
                group,
                "is isolated and locked, learns and floods nothing",
                open.isEmpty(),
                "not yet " + String.join(" ", open));
    }

    private void port(GuestPort port) {
        String group = "port " + port.device();
        String address = port.address().getHostAddress();
        if (!port.device().equals(network.uplink())) {
            member(group, port.device());
        }
        NetworkState.Entry tied = state.entries().stream()
                .filter(entry -> entry.mac().equals(port.mac().text()))
                .findAny()
                .orElse(null);
        add(
                group,
                "is the only way of " + port.mac(),
                tied != null && tied.sticky() && tied.device().equals(port.device()),
                tied == null ? "" : "it is tied to " + tied.device());
        String mac = state.neighbours().getOrDefault(address, "");
        add(group, "is where " + address + " is", mac.equals(port.mac().text()), mac);
    }

    private void add(String group, String expected, boolean ok, String found) {
        checks.add(new Check(group, expected, ok, ok ? "" : found));
    }
}
