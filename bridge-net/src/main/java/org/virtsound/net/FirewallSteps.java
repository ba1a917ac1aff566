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

    /** Only what is wholly new is taken back; a repaired chain stays repaired. */
    private static @Nullable Command undo(String tool, Firewall want, Filter before) {
        if (Firewall.removal(before).isPresent()) {
            return null;
        }
        Map<String, List<Filter.Rule>> chains = new HashMap<>();
        want.fixed().keySet().forEach(chain -> chains.put(chain, List.of()));
        Firewall.JUMPS.forEach((chain, jump) -> chains.put(chain, List.of(new Filter.Rule(jump, 0, 0))));
        return Firewall.removal(new Filter(chains, Map.of(), ""))
                .map(batch -> restore(tool, batch))
                .orElse(null);
    }

    private static Command restore(String tool, String batch) {
        return new Command(List.of(tool + "-restore", "--noflush", "-w", "5"), batch);
    }
}
