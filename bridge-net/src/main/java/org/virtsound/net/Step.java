package org.virtsound.net;

import org.jspecify.annotations.Nullable;

/**
 * One step of a plan.
 *
 * @param what in a few words, for people
 * @param command what does it
 * @param undo what takes it back when a later step fails, or null where there is nothing to take back
 */
public record Step(String what, Command command, @Nullable Command undo) {
    Step(String what, Command command) {
        this(what, command, null);
    }

    /** The step as text to paste into a shell, with what it is for as a comment above. */
    public String shell() {
        return "# " + what + "\n" + command.shell();
    }
}
