package org.virtsound.plugin.cli;

/** What command and daemon end with. */
public final class ExitCode {
    public static final int DONE = 0;
    public static final int FAILED = 1;
    public static final int USAGE = 2;
    public static final int NO_DAEMON = 3;
    /** As automake's "skip": what was asked for needs root. */
    public static final int NEEDS_ROOT = 77;

    private ExitCode() {}
}
