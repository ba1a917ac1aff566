package org.virtsound.plugin.provision;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.virtsound.net.CommandFailure;
import org.virtsound.net.Commands;
import org.virtsound.net.DhcpServer;
import org.virtsound.net.GuestPort;
import org.virtsound.net.Maker;
import org.virtsound.net.NetworkPlan;
import org.virtsound.net.NetworkState;
import org.virtsound.net.PortTraffic;
import org.virtsound.net.Problem;
import org.virtsound.net.SoundNetwork;

/** The network of this machine: read, planned and applied as one, and DHCP on it. */
public final class SoundLan implements GuestNetwork {
    private static final Logger log = Logger.getLogger(SoundLan.class.getName());

    private final SoundNetwork network;
    private final Commands commands;
    private final DhcpServer dhcp;
    private @Nullable Problem dhcpProblem;
    private boolean tellsOfChanges;
    private boolean left;
    private volatile List<PortTraffic> traffic = List.of();

    public SoundLan(SoundNetwork network, Commands commands, DhcpServer dhcp) {
        this.network = network;
        this.commands = commands;
        this.dhcp = dhcp;
    }

    /** Once it is {@link #down} or left, a pass that comes late does nothing. */
    @Override
    public synchronized Map<GuestPort, Problem> apply(Collection<GuestPort> ports) {
        if (left) {
            return Map.of();
        }
        try {
            return bring(ports);
        } catch (CommandFailure e) {
            // A guest that ends takes its port with it, between the look and the command.
            log.log(Level.FINE, "network: looked at once more: " + e.getMessage());
            return bring(ports);
        }
    }

    private Map<GuestPort, Problem> bring(Collection<GuestPort> ports) {
        NetworkState state = NetworkState.read(commands, network);
        NetworkPlan plan = NetworkPlan.up(network, ports, state, Maker.DAEMON);
        apply(plan);
        List<GuestPort> served =
                ports.stream().filter(port -> !plan.left().containsKey(port)).toList();
        // The bridge may be a new one now, which dnsmasq has to learn of where it has guests.
        NetworkState now = plan.steps().isEmpty() || served.isEmpty() ? state : NetworkState.read(commands, network);
        tell(dhcp.serve(network, served, now).orElse(null));
        traffic = now.traffic(served);
        tellsOfChanges = now.isOnNftables() && plan.left().isEmpty() && dhcpProblem == null;
        return plan.left();
    }

    @Override
    public synchronized boolean tellsOfChanges() {
        return tellsOfChanges;
    }

    /** What each guest's port sent, as the last look counted it. For any thread. */
    public List<PortTraffic> traffic() {
        return traffic;
    }

    /** Takes away what the daemon made, and nothing else. */
    public synchronized void down() {
        left = true;
        dhcp.close();
        apply(NetworkPlan.down(network, NetworkState.read(commands, network), Maker.DAEMON));
    }

    /** Leaves the network, with its ports and rules, to the next daemon. */
    public synchronized void leave() {
        left = true;
        dhcp.close();
    }

    private void apply(NetworkPlan plan) {
        plan.steps().forEach(step -> log.log(Level.FINE, "network: " + step.what()));
        plan.apply(commands);
    }

    /** Guests with an address of their own do without DHCP, so this is no guest's problem. */
    private void tell(@Nullable Problem problem) {
        if (problem != null && !problem.equals(dhcpProblem)) {
            log.log(Level.WARNING, "DHCP: " + problem);
        }
        dhcpProblem = problem;
    }
}
