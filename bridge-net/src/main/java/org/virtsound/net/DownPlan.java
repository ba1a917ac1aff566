package org.virtsound.net;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Works out the way down: the bridge first and its firewall last, so that no packet passes without it. */
final class DownPlan {
    private final SoundNetwork network;
    private final NetworkState state;
    private final Maker who;

    DownPlan(SoundNetwork network, NetworkState state, Maker who) {
        this.network = network;
        this.state = state;
        this.who = who;
    }

    NetworkPlan plan() {
        Optional<Maker> made = state.link(network.bridge()).flatMap(link -> Maker.of(link.alias()));
        if (who == Maker.DAEMON && made.isPresent() && made.get() == Maker.COMMAND) {
            return NetworkPlan.up(network, List.of(), state, who);
        }
        Batch batch = new Batch("ip");
        for (String name : List.of(UpPlan.NEW_BRIDGE, UpPlan.NEW_TAP)) {
            state.link(name).ifPresent(link -> batch.add("link", "delete", "dev", name));
        }
        if (made.isPresent()) {
            batch.add("link", "delete", "dev", network.bridge());
        } else {
            state.neighbours().keySet().forEach(ip -> batch.add("neigh", "delete", ip, "dev", network.bridge()));
        }
        state.link(network.tap())
                .filter(link -> Maker.of(link.alias()).isPresent())
                .ifPresent(link -> batch.add("link", "delete", "dev", network.tap()));
        List<Step> steps = new ArrayList<>();
        FirewalldZone.down(network, state.zone()).ifPresent(steps::add);
        batch.command().ifPresent(command -> steps.add(new Step("remove the devices that virt-sound made", command)));
        Optional.ofNullable(state.guard()).flatMap(PortGuard::down).ifPresent(steps::add);
        FirewallSteps.down("iptables", state.filter()).ifPresent(steps::add);
        FirewallSteps.down("ip6tables", state.filter6()).ifPresent(steps::add);
        if (state.guard() != null) {
            FirewallSteps.table("ip", state.filter()).ifPresent(steps::add);
            FirewallSteps.table("ip6", state.filter6()).ifPresent(steps::add);
        }
        return new NetworkPlan(steps, List.of(), Map.of());
    }
}
