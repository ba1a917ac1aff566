package org.virtsound.net;

/** A command that failed, was not found or took too long; the message holds the command and what it said. */
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean missing;

    private CommandFailure(String message, boolean missing) {
        super(message);
        this.missing = missing;
    }

    static CommandFailure failed(Command command, int exit, String stderr) {
        String said = stderr.isBlank() ? "said nothing" : stderr.strip();
        return new CommandFailure("'" + command + "' failed with exit code " + exit + ": " + said, false);
    }

    static CommandFailure late(Command command, long timeoutMs) {
        return new CommandFailure("'" + command + "' did not end within " + timeoutMs + " ms and was ended", false);
    }

    static CommandFailure missing(Command command, String reason) {
        return new CommandFailure("'" + command.argv().get(0) + "' could not be started: " + reason, true);
    }

    /** The program is not installed. */
    public boolean isMissing() {
        return missing;
    }
}
