package org.virtsound.net;

import java.util.List;
import java.util.regex.Pattern;

/**
 * One program to run: its arguments as a list (no shell reads them) and what it gets on standard input.
 *
 * @param argv program and arguments
 * @param stdin a batch, or empty
 */
public record Command(List<String> argv, String stdin) {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

    public Command {
        argv = List.copyOf(argv);
        if (argv.isEmpty()) {
            throw new IllegalArgumentException("argv is empty (expected: a program)");
        }
    }

    public static Command of(String... argv) {
        return new Command(List.of(argv), "");
    }

    /** The same as text that a person can paste into a shell; ends without a newline. */
    public String shell() {
        String line = String.join(" ", argv.stream().map(Command::quoted).toList());
        return stdin.isEmpty() ? line : line + " <<'END'\n" + stdin + (stdin.endsWith("\n") ? "" : "\n") + "END";
    }

    @Override
    public String toString() {
        return String.join(" ", argv.stream().map(Command::quoted).toList());
    }

    private static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
