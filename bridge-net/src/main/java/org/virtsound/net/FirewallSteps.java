package org.virtsound.net;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns what a filter table lacks, or has of ours, into a step of a plan. */
final class FirewallSteps {
    private FirewallSteps() {}

    /** The step to what should be; empty where it is so. */
    static Optional<Step> up(String tool, Firewall want, Filter filter) {
        return want.batch(filter)
                .map(batch -> new Step(
                        "put the " + tool + " chains in place, all at once",
                        restore(tool, batch),
                        undo(tool, want, filter)));
    }

    /** The step that takes ours away; empty where there is nothing of ours. */
    static Optional<Step> down(String tool, Filter filter) {
        return Firewall.removal(filter)
                .map(batch -> new Step("remove virt-sound's " + tool + " chains", restore(tool, batch)));
    }

    /**
     * The step that takes away nftables' empty table where it came with ours; empty where anything else is in it, and
     * where the table is the older iptables', which keeps it until the next boot. A chain that somebody has just put a
     * rule in is not deleted, and then nothing is.
     */
    static Optional<Step> table(String family, Filter filter) {
        if (!filter.isNft() || !Firewall.isAllOurs(filter)) {
            return Optional.empty();
        }
        StringBuilder batch = new StringBuilder();
        // iptables-save lists all three whichever are there; to add one that is there changes nothing.
        filter.chains().keySet().stream().filter(filter::isBuiltIn).forEach(chain -> {
            batch.append("add chain " + family + " filter " + chain + "\n");
            batch.append("delete chain " + family + " filter " + chain + "\n");
        });
        batch.append("delete table " + family + " filter\n");
        return Optional.of(new Step(
                "remove the empty filter table that came with them",
                new Command(List.of("nft", "-f", "-"), batch.toString())));
    }

    /** Only what is wholly new is taken back; a repaired chain stays repaired. */
    private static @Nullable Command undo(String tool, Firewall want, Filter before) {
        if (Firewall.removal(before).isPresent()) {
            return null;
        }
        Map<String, List<Filter.Rule>> chains = new HashMap<>();
        want.fixed().keySet().forEach(chain -> chains.put(chain, List.of()));
        Firewall.JUMPS.forEach((chain, jump) -> chains.put(chain, List.of(new Filter.Rule(jump, 0, 0))));
        return Firewall.removal(new Filter(chains, Map.of(), false, ""))
                .map(batch -> restore(tool, batch))
                .orElse(null);
    }

    private static Command restore(String tool, String batch) {
        return new Command(List.of(tool + "-restore", "--noflush", "-w", "5"), batch);
    }
}
