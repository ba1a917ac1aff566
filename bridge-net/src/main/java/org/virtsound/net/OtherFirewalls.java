package org.virtsound.net;

import java.util.ArrayList;
import java.util.List;

/**
 * Firewalls beside ours that drop the guests all the same: what one chain on the kernel's input hook lets in, another
 * may still drop. They are never changed; the person is told the one command.
 */
public final class OtherFirewalls {
    private OtherFirewalls() {}

    /** Looks at nftables' rules and at the older iptables' beside them; where a tool is missing, at nothing. */
    public static List<Problem> dropping(Commands commands, SoundNetwork network) {
        List<Problem> found = new ArrayList<>();
        for (NftInput.Drop drop : NftInput.drops(network, optional(commands, "nft", "-j", "list", "ruleset"))) {
            found.add(problem(network, drop));
        }
        // Reading its rules would create its tables, so it is asked only where they are there.
        if (commands.read("/proc/net/ip_tables_names").contains("filter")
                && optional(commands, "iptables", "--version").contains("nf_tables")) {
            Filter legacy = Filter.parse(optional(commands, "iptables-legacy-save", "-c"));
            boolean lets = legacy.rules("INPUT").contains("-i " + network.bridge() + " -j ACCEPT");
            boolean drops = legacy.policies().getOrDefault("INPUT", "").equals("DROP")
                    || legacy.rules("INPUT").stream().anyMatch(rule -> rule.matches("-j (DROP|REJECT .*)"));
            if (drops && !lets) {
                found.add(new Problem(
                        "the older iptables' chain INPUT drops what comes from " + network.bridge(),
                        "one that lets the bridge through to virt-sound's own chain",
                        "run: iptables-legacy -I INPUT 1 -i " + network.bridge() + " -j ACCEPT"));
            }
        }
        return found;
    }

    private static Problem problem(SoundNetwork network, NftInput.Drop drop) {
        String chain = drop.family() + " " + drop.table() + " " + drop.chain();
        return drop.table().equals("firewalld")
                ? new Problem(
                        "firewalld (chain " + chain + ") drops what comes from " + network.bridge(),
                        "the bridge in a zone that accepts; virt-sound's own chain still guards it",
                        "run: firewall-cmd --zone=trusted --change-interface=" + network.bridge()
                                + " (or set network.firewalld-zone = \"trusted\")")
                : new Problem(
                        "nftables' chain " + chain + " drops what comes from " + network.bridge(),
                        "one that lets the bridge through to virt-sound's own chain",
                        "run: nft insert rule " + chain + " iifname \"" + network.bridge() + "\" accept");
    }

    private static String optional(Commands commands, String... argv) {
        try {
            return commands.run(argv);
        } catch (CommandFailure absent) {
            return "";
        }
    }
}
