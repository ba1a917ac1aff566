package org.virtsound.net;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Our chains of one IP version as they should be, in iptables-save's own words, and the way there from what is.
 *
 * <p>{@code INPUT} jumps to {@code VIRT-SOUND} first of all: what comes from the bridge goes on to
 * {@code VIRT-SOUND-PORTS}, where each guest is known by MAC and IP address together, and from there to
 * {@code VIRT-SOUND-GUEST}, which says what a guest may do; both end in DROP. What is for the bridge's subnet and came
 * in elsewhere is dropped. {@code FORWARD} jumps to {@code VIRT-SOUND-FWD}, which drops both ways.
 *
 * @param fixed rules by chain, except those of the guests
 * @param guests each guest's rules in {@code VIRT-SOUND-PORTS}, above that chain's fixed ones, guests in any order
 */
record Firewall(Map<String, List<String>> fixed, List<List<String>> guests) {
    static final String INPUT = "VIRT-SOUND";
    static final String PORTS = "VIRT-SOUND-PORTS";
    static final String GUEST = "VIRT-SOUND-GUEST";
    static final String FORWARD = "VIRT-SOUND-FWD";
    /** Empty; says that there was no filter table before ours, so that it can be as it was afterwards. */
    static final String NEW = "VIRT-SOUND-NEW";

    static final Map<String, String> JUMPS = new TreeMap<>(Map.of("INPUT", "-j " + INPUT, "FORWARD", "-j " + FORWARD));

    private static final List<String> OURS = List.of(INPUT, PORTS, GUEST, FORWARD, NEW);

    static Firewall ipv4(SoundNetwork network, List<GuestPort> ports) {
        String host = network.subnet().host().getHostAddress();
        Map<String, List<String>> fixed = new LinkedHashMap<>();
        fixed.put(
                INPUT,
                List.of("-i " + network.bridge() + " -g " + PORTS, "-d " + network.subnet() + " ! -i lo -j DROP"));
        fixed.put(PORTS, List.of("-j DROP"));
        fixed.put(
                GUEST,
                List.of(
                        "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
                        "-d " + host + "/32 -p tcp -m tcp --dport " + network.port()
                                + " -m conntrack --ctstate NEW -j ACCEPT",
                        "-d " + host + "/32 -p icmp -m icmp --icmp-type 8 -j ACCEPT",
                        "-j DROP"));
        fixed.put(FORWARD, List.of("-i " + network.bridge() + " -j DROP", "-o " + network.bridge() + " -j DROP"));
        return new Firewall(
                fixed, ports.stream().map(port -> guestRules(network, port)).toList());
    }

    static Firewall ipv6(SoundNetwork network) {
        Map<String, List<String>> fixed = new LinkedHashMap<>();
        fixed.put(INPUT, List.of("-i " + network.bridge() + " -j DROP"));
        fixed.put(FORWARD, List.of("-i " + network.bridge() + " -j DROP", "-o " + network.bridge() + " -j DROP"));
        return new Firewall(fixed, List.of());
    }

    /** The last one counts what this guest's card sent under an address that is not its own. */
    private static List<String> guestRules(SoundNetwork network, GuestPort port) {
        String mac = "-m mac --mac-source " + port.mac();
        List<String> rules = new ArrayList<>();
        if (network.dhcp()) {
            rules.add("-p udp -m udp --sport 68 --dport 67 " + mac + " -m limit --limit 5/sec -j ACCEPT");
        }
        rules.add("-s " + port.address().getHostAddress() + "/32 " + mac + " -g " + GUEST);
        rules.add(mac + " -j DROP");
        return rules;
    }

    /** What {@code iptables-restore --noflush} must read to make it so, all at once; empty where it is so. */
    Optional<String> batch(Filter filter) {
        StringBuilder lines = new StringBuilder();
        List<String> fresh = new ArrayList<>();
        StringBuilder edits = new StringBuilder();
        for (String chain : fixed.keySet()) {
            List<String> mending = mending(chain, filter);
            if (mending != null) {
                append(edits, "", mending);
            } else {
                fresh.add(chain);
                append(edits, "-A " + chain + " ", rules(chain));
            }
        }
        if (filter.chains().isEmpty()) {
            fresh.add(NEW);
        }
        for (String chain : fresh) {
            lines.append(":" + chain + " - [0:0]\n");
        }
        lines.append(edits);
        for (Map.Entry<String, String> entry : JUMPS.entrySet()) {
            String chain = entry.getKey();
            String jump = entry.getValue();
            List<String> found = filter.rules(chain);
            int there = Collections.frequency(found, jump);
            if (there != 1 || !found.get(0).equals(jump)) {
                lines.append(("-D " + chain + " " + jump + "\n").repeat(there));
                lines.append("-I " + chain + " 1 " + jump + "\n");
            }
        }
        return lines.isEmpty() ? Optional.empty() : Optional.of("*filter\n" + lines + "COMMIT\n");
    }

    /** What makes a chain as it should be, nothing where it is; null where it has to be filled anew. */
    private @Nullable List<String> mending(String chain, Filter filter) {
        if (!filter.has(chain)) {
            return null;
        }
        List<String> found = filter.rules(chain);
        if (chain.equals(PORTS)) {
            return portEdits(found);
        }
        return found.equals(rules(chain)) ? List.of() : null;
    }

    private List<String> rules(String chain) {
        List<String> rules = new ArrayList<>();
        if (chain.equals(PORTS)) {
            guests.forEach(rules::addAll);
        }
        rules.addAll(fixed.getOrDefault(chain, List.of()));
        return rules;
    }

    private static void append(StringBuilder lines, String before, List<String> rules) {
        for (String rule : rules) {
            lines.append(before).append(rule).append('\n');
        }
    }

    /** The fewest lines that lead from the rules found to ours, so that counters stay; null where none do. */
    private @Nullable List<String> portEdits(List<String> found) {
        List<String> tail = fixed.getOrDefault(PORTS, List.of());
        List<String> rest = new ArrayList<>(found);
        List<String> kept = new ArrayList<>();
        List<String> edits = new ArrayList<>();
        for (List<String> rules : guests) {
            int at = Collections.indexOfSubList(rest, rules);
            if (at < 0) {
                for (int i = rules.size(); i > 0; i--) {
                    edits.add("-I " + PORTS + " 1 " + rules.get(i - 1));
                }
            } else {
                rest.subList(at, at + rules.size()).clear();
                kept.addAll(rules);
            }
        }
        if (rest.isEmpty()
                || !rest.subList(rest.size() - tail.size(), rest.size()).equals(tail)) {
            return null;
        }
        List<String> stale = rest.subList(0, rest.size() - tail.size());
        if (stale.stream().anyMatch(kept::contains) || stale.contains(tail.get(0)) || stale.size() > 64) {
            return null;
        }
        List<String> all = new ArrayList<>(
                stale.stream().map(rule -> "-D " + PORTS + " " + rule).toList());
        all.addAll(edits);
        return all;
    }

    /** What takes all of it away again, and nothing else; empty where there is nothing of ours. */
    static Optional<String> removal(Filter filter) {
        List<String> chains = OURS.stream().filter(filter::has).toList();
        StringBuilder lines = new StringBuilder();
        for (Map.Entry<String, String> jump : JUMPS.entrySet()) {
            int there = Collections.frequency(filter.rules(jump.getKey()), jump.getValue());
            lines.append(("-D " + jump.getKey() + " " + jump.getValue() + "\n").repeat(there));
        }
        append(lines, "-F ", chains);
        append(lines, "-X ", chains);
        return lines.isEmpty() ? Optional.empty() : Optional.of("*filter\n" + lines + "COMMIT\n");
    }

    /** Whether nothing but our own is in a table that came with ours: no rule, no chain, no policy of anybody else's. */
    static boolean isAllOurs(Filter filter) {
        return filter.has(NEW)
                && filter.chains().keySet().stream().allMatch(chain -> OURS.contains(chain) || filter.isBuiltIn(chain))
                && filter.policies().values().stream().noneMatch("DROP"::equals)
                && filter.chains().keySet().stream()
                        .filter(filter::isBuiltIn)
                        .allMatch(
                                chain -> filter.rules(chain).stream().allMatch(rule -> rule.equals(JUMPS.get(chain))));
    }
}
