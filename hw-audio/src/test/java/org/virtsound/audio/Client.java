package org.virtsound.audio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A real client program of a guest, with nothing of this machine's own sound in its environment. */
public final class Client implements AutoCloseable {
    private final Process process;
    private final Path home;
    private final Path log;

    private Client(Process process, Path home, Path log) {
        this.process = process;
        this.home = home;
        this.log = log;
    }

    /** @param server for PULSE_SERVER */
    public static Client start(String server, String... command) {
        return start(server, Map.of(), command);
    }

    public static Client start(String server, Map<String, String> environment, String... command) {
        try {
            Path home = Files.createTempDirectory("virt-sound-client");
            Path log = home.resolve("log");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectError(home.resolve("errors").toFile())
                    .redirectOutput(log.toFile());
            builder.environment().clear();
            builder.environment().put("PATH", System.getenv("PATH"));
            builder.environment().put("HOME", home.toString());
            builder.environment().put("XDG_RUNTIME_DIR", home.toString());
            builder.environment().put("LC_ALL", "C.UTF-8");
            builder.environment().put("PULSE_SERVER", server);
            builder.environment().put("SDL_AUDIODRIVER", "pulseaudio");
            builder.environment().put("ALSOFT_DRIVERS", "pulse");
            builder.environment().putAll(environment);
            return new Client(builder.start(), home, log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return its exit code; 124 where it was ended for taking longer */
    public int exitCode(int withinS) {
        try {
            if (!process.waitFor(withinS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                return 124;
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public Process process() {
        return process;
    }

    /** @return what it has written to stdout and stderr so far */
    public String output() {
        try {
            return new String(outputBytes(), StandardCharsets.UTF_8)
                    + Files.readString(home.resolve("errors"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return what it has written to stdout so far */
    public byte[] outputBytes() {
        try {
            return Files.readAllBytes(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String run(String server, int expectedExit, String... command) {
        try (Client client = start(server, command)) {
            int exit = client.exitCode(30);
            if (exit != expectedExit) {
                throw new AssertionError(String.join(" ", command) + ": exit " + exit + " (expected: " + expectedExit
                        + ")\n" + client.output());
            }
            return client.output();
        }
    }

    @Override
    public void close() {
        try {
            List<ProcessHandle> descendants = process.descendants().toList();
            process.destroyForcibly().waitFor();
            for (ProcessHandle descendant : descendants) {
                descendant.destroyForcibly();
                descendant.onExit().orTimeout(5, TimeUnit.SECONDS).join();
            }
            List<Path> files = new ArrayList<>();
            try (var walk = Files.walk(home)) {
                walk.forEach(files::add);
            }
            for (int i = files.size() - 1; i >= 0; i--) {
                Files.deleteIfExists(files.get(i));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
