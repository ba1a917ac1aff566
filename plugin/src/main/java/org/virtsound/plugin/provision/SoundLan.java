package org.virtsound.plugin.provision;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.Map;
import org.virtsound.net.Commands;
import org.virtsound.net.GuestPort;
import org.virtsound.net.Maker;
import org.virtsound.net.NetworkPlan;
import org.virtsound.net.NetworkState;
import org.virtsound.net.Problem;
import org.virtsound.net.SoundNetwork;

/** The network of this machine: read, planned and applied as one. */
@Singleton
public final class SoundLan implements GuestNetwork {
    private static final System.Logger log = System.getLogger(SoundLan.class.getName());

    private final SoundNetwork network;
    private final Commands commands;

    @Inject
    public SoundLan(SoundNetwork network, Commands commands) {
        this.network = network;
        this.commands = commands;
    }

    @Override
    public synchronized Map<GuestPort, Problem> apply(Collection<GuestPort> ports) {
        NetworkPlan plan = NetworkPlan.up(network, ports, NetworkState.read(commands, network), Maker.DAEMON);
        apply(plan);
        return plan.left();
    }

    /** Takes away what the daemon made, and nothing else. */
    public synchronized void down() {
        apply(NetworkPlan.down(network, NetworkState.read(commands, network), Maker.DAEMON));
    }

    private void apply(NetworkPlan plan) {
        plan.steps().forEach(step -> log.log(System.Logger.Level.DEBUG, "network: " + step.what()));
        plan.apply(commands);
    }
}
