package org.virtsound.plugin.cli;

/** A command that cannot do what it was asked; the message is for the user, the code for scripts. */
final class Failure extends Exception {
    private final int exitCode;

    Failure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
