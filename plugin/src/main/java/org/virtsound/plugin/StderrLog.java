package org.virtsound.plugin;

import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.PrintStream;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/**
 * One line an event on stderr, whoever logs: all by java.util.logging, D-Bus by way of SLF4J. Under
 * systemd the line starts with journald's priority, {@code <6>}; the time is then the journal's business.
 */
final class StderrLog extends Handler {
    private static final int STACK_FRAMES = 12;

    private final PrintStream out;
    private final boolean journal;

    StderrLog(PrintStream out, boolean journal) {
        this.out = out;
        this.journal = journal;
        setFormatter(new SimpleFormatter());
    }

    /** Replaces what java.util.logging would do by itself. */
    static void install(boolean verbose) {
        LogManager.getLogManager().reset();
        Logger root = Logger.getLogger("");
        root.addHandler(new StderrLog(System.err, System.getenv("JOURNAL_STREAM") != null));
        root.setLevel(Level.INFO);
        if (verbose) {
            ours = Logger.getLogger("org.virtsound");
            ours.setLevel(Level.FINE);
        }
        // It would look for SLF4J and its providers first, at each start.
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    }

    /** Held, since java.util.logging itself holds a logger and its level only weakly. */
    private static @Nullable Logger ours;

    @Override
    public void publish(LogRecord entry) {
        StringBuilder line = new StringBuilder(160);
        if (journal) {
            line.append('<').append(priority(entry.getLevel())).append('>');
        } else {
            line.append(entry.getInstant().truncatedTo(java.time.temporal.ChronoUnit.MILLIS))
                    .append(' ')
                    .append(word(entry.getLevel()))
                    .append(' ');
        }
        append(line, getFormatter().formatMessage(entry));
        Throwable thrown = entry.getThrown();
        if (thrown != null) {
            append(line.append(": "), thrown.toString());
            appendStack(line, thrown);
        }
        out.println(line);
    }

    @Override
    public void flush() {
        out.flush();
    }

    @Override
    public void close() {
        flush();
    }

    /** What guests and users can put into a message must not start a line of its own. */
    private static void append(StringBuilder line, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            line.append(Character.isISOControl(c) ? ' ' : c);
        }
    }

    /** Where an unexpected failure came from; what we expect is logged by its message alone. */
    private static void appendStack(StringBuilder line, Throwable thrown) {
        int frames = 0;
        for (StackTraceElement frame : thrown.getStackTrace()) {
            if (++frames > STACK_FRAMES) {
                break;
            }
            line.append(frames == 1 ? " at " : " < ").append(frame);
        }
        Throwable cause = thrown.getCause();
        if (cause != null) {
            append(line.append("; caused by "), cause.toString());
            appendStack(line, cause);
        }
    }

    private static int priority(Level level) {
        int value = level.intValue();
        return value >= Level.SEVERE.intValue()
                ? 3
                : value >= Level.WARNING.intValue() ? 4 : value >= Level.INFO.intValue() ? 6 : 7;
    }

    private static String word(Level level) {
        return switch (priority(level)) {
            case 3 -> "error";
            case 4 -> "warning";
            case 6 -> "info";
            default -> "debug";
        };
    }
}
