package org.virtsound.net;

/** The one port to the machine: runs programs, each with a time-out; the tests and a dry run put others behind it. */
@FunctionalInterface
public interface Commands {
    /**
     * Runs a command to its end.
     *
     * @return what it wrote to standard output
     * @throws CommandFailure not found, exit code other than 0, or too slow
     */
    String run(Command command);

    default String run(String... argv) {
        return run(Command.of(argv));
    }

    /**
     * Reads a file of the kernel's, which each network may have its own of.
     *
     * @param path under {@code /proc} or {@code /sys}
     * @return its text, or nothing where this kernel has no such file: one without IPv6, for example
     */
    default String read(String path) {
        try {
            return run("cat", path);
        } catch (CommandFailure absent) {
            return "";
        }
    }
}
