package org.virtsound.plugin.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Asks over and over, and draws what came over what was there; into a pipe it draws once. */
@Command(
        name = "top",
        description = {
            "Shows who plays and records as it happens: levels, latency, microphones, the host's server; until Ctrl-C.",
            "Into a file or a pipe it prints once."
        },
        mixinStandardHelpOptions = true)
final class TopCommand implements Callable<Integer> {
    /** The alternate screen, without the cursor and without wrapping; and back. */
    private static final String ENTER = "\u001b[?1049h\u001b[?25l\u001b[?7l";

    private static final String LEAVE = "\u001b[?7h\u001b[?25h\u001b[?1049l";

    private static final String HOME = "\u001b[H";
    private static final String TO_END_OF_LINE = "\u001b[K";
    private static final String TO_END_OF_SCREEN = "\u001b[J";
    private static final int DEFAULT_ROWS = 24;
    /** Levels are measured from the first look on. */
    private static final int FIRST_LOOK_MS = 400;

    @Mixin
    private ServiceOptions service = new ServiceOptions();

    @Option(
            names = "--every",
            paramLabel = "SECONDS",
            defaultValue = "0.5",
            description = "How often to look, 0.2 to 60; by default every half second.")
    private double everyS;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Failure {
        if (!(everyS >= 0.2 && everyS <= 60)) {
            throw new Failure(ExitCode.USAGE, "--every " + everyS + " (expected: 0.2 to 60 seconds)");
        }
        ControlClient control = service.control();
        control.get("/streams");
        sleep(FIRST_LOOK_MS);
        PrintWriter out = spec.commandLine().getOut();
        if (!isTerminal()) {
            out.print(view(control, false).lines(Integer.MAX_VALUE));
            return ExitCode.DONE;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> show(out, LEAVE)));
        show(out, ENTER);
        while (!System.out.checkError()) {
            show(out, HOME + screen(control).replace("\n", TO_END_OF_LINE + "\n") + TO_END_OF_SCREEN);
            sleep((long) (everyS * 1000));
        }
        return ExitCode.DONE;
    }

    /** What is wrong, while the daemon is started anew. */
    private static String screen(ControlClient control) {
        try {
            return view(control, true).lines(rows() - 1);
        } catch (Failure e) {
            return String.valueOf(e.getMessage()).replace("; ", "\n") + "\n";
        }
    }

    private static TopView view(ControlClient control, boolean colours) throws Failure {
        return new TopView(new Fields(control.get("/host")), new Fields(control.get("/streams")), colours);
    }

    private static void show(PrintWriter out, String text) {
        out.print(text);
        out.flush();
    }

    private static boolean isTerminal() {
        return run(new ProcessBuilder("test", "-t", "1").inheritIO()) != null;
    }

    private static int rows() {
        String size = String.valueOf(run(new ProcessBuilder("stty", "size")
                .redirectInput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.DISCARD)));
        String rows = size.split(" ", 2)[0];
        return rows.matches("[0-9]{1,4}") ? Integer.parseInt(rows) : DEFAULT_ROWS;
    }

    /** @return what it printed, null where it failed */
    private static @Nullable String run(ProcessBuilder command) {
        try {
            Process process = command.start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return process.waitFor() == 0 ? said : null;
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private static void sleep(long ms) {
        try {
            TimeUnit.MILLISECONDS.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
