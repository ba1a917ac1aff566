package org.virtsound.net;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is there against what should be, port by port and rule by rule.
 *
 * @param checks in the order in which people want to read them
 * @param traffic what each guest's port sent, and how much of it was let in
 * @param problems what is in the way of the whole network
 * @param left ports that are not served, and why
 * @param otherFirewalls what drops the guests beside our own chains, and the command that lets them through
 */
public record NetworkReport(
        List<Check> checks,
        List<PortTraffic> traffic,
        List<Problem> problems,
        List<Problem> left,
        List<Problem> otherFirewalls) {
    public NetworkReport {
        checks = List.copyOf(checks);
        traffic = List.copyOf(traffic);
        problems = List.copyOf(problems);
        left = List.copyOf(left);
        otherFirewalls = List.copyOf(otherFirewalls);
    }

    /**
     * One thing that should be so.
     *
     * @param group what it belongs to: {@code bridge SOUND}, {@code port vnet3}, {@code chain VIRT-SOUND} …
     * @param expected what should be there
     * @param found what is there instead; empty where all is well or nothing is there
     */
    public record Check(String group, String expected, boolean ok, String found) {}

    /** Looks at the machine, at other firewalls too, and compares. */
    public static NetworkReport read(Commands commands, SoundNetwork network, Collection<GuestPort> ports) {
        return of(
                network,
                ports,
                NetworkState.readCounted(commands, network),
                OtherFirewalls.dropping(commands, network));
    }

    /** Compares; pure. */
    static NetworkReport of(
            SoundNetwork network, Collection<GuestPort> ports, NetworkState state, List<Problem> otherFirewalls) {
        Map<GuestPort, Problem> left = new LinkedHashMap<>();
        List<GuestPort> served = Obstacles.served(network, ports, state, left);
        List<Check> checks = new ArrayList<>();
        checks.addAll(DeviceChecks.of(network, served, state));
        checks.addAll(RuleChecks.of(Firewall.ipv4(network, served), state.filter(), "chain "));
        if (state.filter6().isReadable()) {
            checks.addAll(RuleChecks.of(Firewall.ipv6(network), state.filter6(), "IPv6 chain "));
        }
        return new NetworkReport(
                checks,
                served.stream().map(port -> PortTraffic.of(port, state)).toList(),
                Obstacles.of(network, state),
                List.copyOf(left.values()),
                otherFirewalls);
    }

    /** All is there, and nothing is in the way. */
    public boolean isWhole() {
        return problems.isEmpty()
                && left.isEmpty()
                && otherFirewalls.isEmpty()
                && checks.stream().allMatch(Check::ok);
    }

    /** For programs: maps, lists, strings, numbers and booleans only. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("whole", isWhole());
        map.put("checks", checks.stream().map(NetworkReport::checkMap).toList());
        map.put("ports", traffic.stream().map(PortTraffic::toMap).toList());
        map.put("problems", problems.stream().map(Problem::toMap).toList());
        map.put("otherFirewalls", otherFirewalls.stream().map(Problem::toMap).toList());
        map.put("left", left.stream().map(Problem::toMap).toList());
        return map;
    }

    private static Map<String, Object> checkMap(Check check) {
        return Map.of("group", check.group(), "expected", check.expected(), "ok", check.ok(), "found", check.found());
    }
}
