package org.virtsound.net;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rules on each port's own ingress hook, before the bridge sees a frame: another's MAC address and ARP under
 * another's IP address are dropped there and counted, which a locked port does not, and a guest cannot fill the host's
 * neighbour table. In nftables' table {@code netdev virt-sound}, one chain a port; where nft or the kernel has no such
 * thing, the locked port and the chains of iptables hold without it.
 *
 * @param ports rules by device
 */
record PortGuard(Map<String, List<Rule>> ports) {
    static final String MAC = "mac";
    static final String ARP = "arp";

    private static final String TABLE = "virt-sound";
    private static final String CHAIN = "port-";
    private static final Pattern CHAIN_LINE = Pattern.compile("\\s*chain " + CHAIN + "(\\S+) \\{");
    private static final Pattern RULE_LINE =
            Pattern.compile(".* counter packets (\\d+) bytes \\d+ drop comment \"([^\"]*)\".*");
    private static final String PROBE = "add table netdev " + TABLE + "\nadd chain netdev " + TABLE
            + " probe { type filter hook ingress device \"lo\" priority 0; }\n";

    /**
     * A rule as it is found.
     *
     * @param comment which kind it is and a sum of its text, by which it is known again however nft words it
     */
    record Rule(String comment, long packets) {}

    /** Reads the table; null where there can be none. */
    static @Nullable PortGuard read(Commands commands) {
        try {
            return parse(commands.run("nft", "list", "table", "netdev", TABLE));
        } catch (CommandFailure e) {
            return !e.isMissing() && canBe(commands) ? new PortGuard(Map.of()) : null;
        }
    }

    /** With -c the kernel judges the batch and changes nothing. */
    private static boolean canBe(Commands commands) {
        try {
            commands.run(new Command(List.of("nft", "-c", "-f", "-"), PROBE));
            return true;
        } catch (CommandFailure unknown) {
            return false;
        }
    }

    static PortGuard parse(String text) {
        Map<String, List<Rule>> ports = new LinkedHashMap<>();
        List<Rule> current = new ArrayList<>();
        for (String line : text.lines().toList()) {
            Matcher chain = CHAIN_LINE.matcher(line);
            Matcher rule = RULE_LINE.matcher(line);
            if (chain.matches()) {
                current = new ArrayList<>();
                ports.put(chain.group(1), current);
            } else if (rule.matches()) {
                current.add(new Rule(rule.group(2), Long.parseLong(rule.group(1))));
            }
        }
        return new PortGuard(ports);
    }

    /** How many frames of this kind a port dropped. */
    long dropped(String device, String kind) {
        return ports.getOrDefault(device, List.of()).stream()
                .filter(rule -> rule.comment().startsWith(kind + " "))
                .mapToLong(Rule::packets)
                .sum();
    }

    /** Whether the port has exactly the rules that it should have. */
    boolean holds(String device, List<GuestPort> guests) {
        return ports.getOrDefault(device, List.of()).stream()
                .map(Rule::comment)
                .toList()
                .equals(rules(guests).stream().map(PortGuard::comment).toList());
    }

    /** The step to exactly these guests' rules; empty where it is so. */
    Optional<Step> up(List<GuestPort> served) {
        Map<String, List<GuestPort>> wanted = byDevice(served);
        StringBuilder batch = new StringBuilder();
        for (String device : ports.keySet()) {
            if (!wanted.containsKey(device)) {
                batch.append("delete chain netdev " + TABLE + " " + CHAIN + device + "\n");
            }
        }
        wanted.forEach((device, guests) -> {
            if (!holds(device, guests)) {
                String chain = "netdev " + TABLE + " " + CHAIN + device;
                batch.append("add chain " + chain + " { type filter hook ingress device \"" + device
                        + "\" priority 0; }\nflush chain " + chain + "\n");
                rules(guests)
                        .forEach(rule -> batch.append("add rule " + chain + " " + rule + " counter drop comment \""
                                + comment(rule) + "\"\n"));
            }
        });
        return batch.isEmpty()
                ? Optional.empty()
                : Optional.of(new Step(
                        "guard each port against other guests' addresses",
                        new Command(List.of("nft", "-f", "-"), "add table netdev " + TABLE + "\n" + batch),
                        ports.isEmpty() ? Command.of("nft", "delete", "table", "netdev", TABLE) : null));
    }

    /** The step that takes the table away; empty where there is none. */
    Optional<Step> down() {
        return ports.isEmpty()
                ? Optional.empty()
                : Optional.of(new Step(
                        "remove the guards of the ports", Command.of("nft", "delete", "table", "netdev", TABLE)));
    }

    static Map<String, List<GuestPort>> byDevice(List<GuestPort> served) {
        Map<String, List<GuestPort>> devices = new TreeMap<>();
        served.forEach(port -> devices.computeIfAbsent(port.device(), device -> new ArrayList<>())
                .add(port));
        return devices;
    }

    /** What nobody behind this port may send. A card that looks whether its address is free asks as 0.0.0.0. */
    private static List<String> rules(List<GuestPort> guests) {
        List<String> rules = new ArrayList<>();
        List<String> macs = guests.stream().map(guest -> guest.mac().text()).toList();
        rules.add("ether saddr != { " + String.join(", ", macs) + " }");
        for (GuestPort guest : guests) {
            rules.add("ether saddr " + guest.mac() + " arp saddr ip != { 0.0.0.0, "
                    + guest.address().getHostAddress() + " }");
        }
        return rules;
    }

    private static String comment(String rule) {
        return (rule.contains(" arp ") ? ARP : MAC) + " " + Integer.toHexString(rule.hashCode());
    }
}
