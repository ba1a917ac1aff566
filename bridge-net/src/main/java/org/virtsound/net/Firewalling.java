package org.virtsound.net;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns a batch for the filter table into a step of a plan. */
final class Firewalling {
    private Firewalling() {}

    static Step step(String tool, String batch, Filter before) {
        return new Step(
                "put the " + tool + " chains in place, all at once", restore(tool, batch), undo(tool, batch, before));
    }

    static Command restore(String tool, String batch) {
        return new Command(List.of(tool + "-restore", "--noflush", "-w", "5"), batch);
    }

    /** Only what is wholly new is taken back; a repaired chain stays repaired. */
    private static @Nullable Command undo(String tool, String batch, Filter before) {
        return before.has(Firewall.INPUT)
                ? null
                : Firewall.removal(Filter.parse(batch.replaceAll("(?m)^-", "[0:0] -")))
                        .map(text -> restore(tool, text))
                        .orElse(null);
    }
}
