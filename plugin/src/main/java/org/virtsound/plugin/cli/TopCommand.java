package org.virtsound.plugin.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
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
        if (run("test", "-t", "1") == null) {
            out.print(view(control, false).lines(Integer.MAX_VALUE));
            return ExitCode.DONE;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> show(out, LEAVE)));
        show(out, ENTER);
        while (true) {
            String[] size = String.valueOf(run("stty", "size")).trim().split(" ", -1);
            int rows = size[0].matches("[0-9]{1,4}") ? Integer.parseInt(size[0]) : DEFAULT_ROWS;
            String screen = view(control, true).lines(rows - 1);
            show(out, HOME + screen.replace("\n", TO_END_OF_LINE + "\n") + TO_END_OF_SCREEN);
            sleep((long) (everyS * 1000));
        }
    }

    private static TopView view(ControlClient control, boolean colours) throws Failure {
        return new TopView(new Fields(control.get("/host")), new Fields(control.get("/streams")), colours);
    }

    private static void show(PrintWriter out, String text) {
        out.print(text);
        out.flush();
    }

    /** @return what it printed, null where it failed; it has our terminal, input and output */
    private static @org.jspecify.annotations.Nullable String run(String... command) {
        try {
            boolean asks = command[0].equals("test");
            Process process = new ProcessBuilder(List.of(command))
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectOutput(asks ? ProcessBuilder.Redirect.INHERIT : ProcessBuilder.Redirect.PIPE)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
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
