package org.virtsound.net;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds what is in the way of the network, so that all is refused before anything is changed. */
final class Obstacles {
    private Obstacles() {}

    static List<Problem> of(SoundNetwork network, NetworkState state) {
        List<Problem> found = new ArrayList<>();
        tools(state, found);
        bridge(network, state, found);
        tap(network, state, found);
        uplink(network, state, found);
        routes(network, state, found);
        port(network, state, found);
        return found;
    }

    /** The ports that can be served: there, free or already on the bridge, and no address or MAC of another's. */
    static List<GuestPort> served(
            SoundNetwork network, Collection<GuestPort> ports, NetworkState state, Map<GuestPort, Problem> left) {
        Set<String> taken = new TreeSet<>();
        List<GuestPort> served = new ArrayList<>();
        for (GuestPort port : ports) {
            Problem problem = trouble(network, port, state, taken);
            if (problem == null) {
                served.add(port);
            } else {
                left.put(port, problem);
            }
        }
        return served;
    }

    private static @Nullable Problem trouble(
            SoundNetwork network, GuestPort port, NetworkState state, Set<String> taken) {
        String address = port.address().getHostAddress();
        String named = "port " + port.device() + " (" + address + ", " + port.mac() + ")";
        Link link = state.links().get(port.device());
        if (link == null) {
            return new Problem(
                    named + " is not there",
                    "the host's end of the guest's card",
                    "see 'virsh domiflist' for its name");
        }
        if (!link.master().isEmpty() && !link.master().equals(network.bridge())) {
            return new Problem(
                    named + " is on bridge " + link.master(),
                    "bridge " + network.bridge(),
                    "name " + network.bridge() + " as the source of the guest's interface");
        }
        if (!network.subnet().isForGuest(port.address())) {
            return new Problem(
                    named + " has an address that no guest may have",
                    "a guest's address inside " + network.subnet() + ", not "
                            + network.subnet().host().getHostAddress(),
                    "change or remove the address in the domain's metadata");
        }
        if (!taken.add(address) || !taken.add(port.mac().text())) {
            return new Problem(
                    named + " has an address or MAC address that another port has",
                    "one of each for every guest",
                    "change it in the domain's metadata or interface");
        }
        return null;
    }

    private static void tools(NetworkState state, List<Problem> found) {
        if (!state.filter().isReadable()) {
            found.add(new Problem(
                    "the firewall cannot be read: " + state.filter().trouble(),
                    "iptables, and the right to use it",
                    "install the package iptables, and run this as root"));
        }
    }

    private static void bridge(SoundNetwork network, NetworkState state, List<Problem> found) {
        String want = network.subnet().hostWithPrefix();
        Link link = state.links().get(network.bridge());
        if (link == null) {
            return;
        }
        if (!link.kind().equals("bridge")) {
            found.add(new Problem(
                    "device " + network.bridge() + " is not a bridge",
                    "a bridge, or no such device",
                    "set network.bridge to another name, or remove it: ip link delete dev " + network.bridge()));
        } else if (Maker.of(link.alias()).isEmpty() && !link.addresses().equals(List.of(want))) {
            found.add(new Problem(
                    "bridge " + network.bridge() + " exists, was not made by virt-sound and has "
                            + (link.addresses().isEmpty() ? "no address" : String.join(", ", link.addresses())),
                    want,
                    "set network.bridge to another name, or give this one the address: ip addr add " + want + " dev "
                            + network.bridge()));
        }
    }

    private static void tap(SoundNetwork network, NetworkState state, List<Problem> found) {
        Link link = state.links().get(network.tap());
        if (link == null) {
            return;
        }
        if (!link.kind().equals("tap")) {
            found.add(new Problem(
                    "device " + network.tap() + " is not a tap",
                    "a tap, or no such device",
                    "set network.tap to another name, or remove it: ip link delete dev " + network.tap()));
        } else if (Maker.of(link.alias()).isEmpty() && !link.master().equals(network.bridge())) {
            found.add(new Problem(
                    "tap " + network.tap() + " exists, was not made by virt-sound and is not on bridge "
                            + network.bridge(),
                    "no such device, or one that is on the bridge",
                    "set network.tap to another name, or remove it: ip link delete dev " + network.tap()));
        }
    }

    private static void uplink(SoundNetwork network, NetworkState state, List<Problem> found) {
        String uplink = network.uplink();
        Link link = uplink == null ? null : state.links().get(uplink);
        if (link == null || link.master().equals(network.bridge())) {
            return;
        }
        if (!link.master().isEmpty() || !link.addresses().isEmpty()) {
            found.add(new Problem(
                    "uplink " + uplink + " is in use: "
                            + (link.master().isEmpty()
                                    ? "it has " + String.join(", ", link.addresses())
                                    : "it is a port of " + link.master()),
                    "an Ethernet device of its own for sound, without addresses",
                    "set network.uplink to another device, or none"));
        }
    }

    /** What comes while the bridge stands with its address, a VPN's route, is less specific than the bridge's own. */
    private static void routes(SoundNetwork network, NetworkState state, List<Problem> found) {
        if (isUp(network, state)) {
            return;
        }
        for (NetworkState.Route route : state.routes()) {
            if (route.overlaps(network.subnet())) {
                found.add(new Problem(
                        "subnet " + network.subnet() + " overlaps the route to " + route.destination() + " over "
                                + route.device(),
                        "a network that nothing else uses",
                        "set network.subnet to a free one, such as \"10.47.14.0/29\""));
            }
        }
    }

    private static boolean isUp(SoundNetwork network, NetworkState state) {
        Link bridge = state.links().get(network.bridge());
        return bridge != null && bridge.addresses().contains(network.subnet().hostWithPrefix());
    }

    /**
     * A listener on the host's own address is the daemon's: it outlives an address that is taken away and put back. Who else has
     * that one shows when it is bound. On a bridge that is up, one on every address of IPv6, too, came later than the daemon's.
     */
    private static void port(SoundNetwork network, NetworkState state, List<Problem> found) {
        for (String address : state.listeners()) {
            if (address.equals("0.0.0.0") || (address.equals(NetworkState.ANY) && !isUp(network, state))) {
                found.add(new Problem(
                        "port " + network.port() + " is in use on " + address,
                        "nothing that listens on " + network.subnet().host().getHostAddress() + ":" + network.port(),
                        network.howToFreeThePort()));
            }
        }
    }
}
