package org.virtsound.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs commands on this machine, with a fixed locale and PATH's administrator directories, so that a daemon with a bare
 * environment finds {@code iptables} too. Any thread may call it; a command's pipes have short-lived threads of their
 * own, so that neither side waits for the other.
 */
public final class LocalCommands implements Commands {
    private static final String ADMIN_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final Executor PIPES = task -> {
        Thread thread = new Thread(task, "command-pipe");
        thread.setDaemon(true);
        thread.start();
    };

    private final List<String> prefix;
    private final String path;
    private final long timeoutMs;

    public LocalCommands() {
        this(List.of(), System.getenv().getOrDefault("PATH", "") + ":" + ADMIN_PATH, 10_000);
    }

    /**
     * Runs everything behind another command, such as {@code ip netns exec NAME}.
     *
     * @param path the PATH that programs are looked up in
     */
    public LocalCommands(List<String> prefix, String path, long timeoutMs) {
        this.prefix = List.copyOf(prefix);
        this.path = path;
        this.timeoutMs = timeoutMs;
    }

    /** Where a program is, in PATH or the administrator's directories. */
    static Optional<Path> find(String program) {
        String path = System.getenv().getOrDefault("PATH", "") + ":" + ADMIN_PATH;
        return Arrays.stream(path.split(":", -1))
                .filter(directory -> directory.startsWith("/"))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    @Override
    public String run(Command command) {
        List<String> argv = new ArrayList<>(prefix);
        argv.addAll(command.argv());
        // env looks the program up in our PATH, not in the JVM's.
        argv.addAll(0, List.of("env", "PATH=" + path, "LC_ALL=C"));
        Process process = start(command, argv);
        try {
            CompletableFuture<String> out = read(process.getInputStream());
            CompletableFuture<String> err = read(process.getErrorStream());
            CompletableFuture<Void> in = CompletableFuture.runAsync(() -> write(process, command.stdin()), PIPES);
            if (!process.waitFor(timeoutMs, TimeUnit.MILLISECONDS)) {
                throw CommandFailure.late(command, timeoutMs);
            }
            String stderr = err.get(timeoutMs, TimeUnit.MILLISECONDS);
            int exit = process.exitValue();
            if (exit == 127 && stderr.startsWith("env: ")) {
                throw CommandFailure.missing(command, stderr.strip());
            }
            if (exit != 0) {
                throw CommandFailure.failed(command, exit, stderr);
            }
            in.get(timeoutMs, TimeUnit.MILLISECONDS);
            return out.get(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailure.failed(command, -1, "interrupted");
        } catch (ExecutionException | TimeoutException e) {
            throw CommandFailure.failed(command, -1, "its pipes: " + e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process start(Command command, List<String> argv) {
        try {
            return new ProcessBuilder(argv).start();
        } catch (IOException e) {
            throw CommandFailure.missing(command, String.valueOf(e.getMessage()));
        }
    }

    private static CompletableFuture<String> read(InputStream stream) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (stream) {
                        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                PIPES);
    }

    private static void write(Process process, String stdin) {
        try (OutputStream out = process.getOutputStream()) {
            out.write(stdin.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // A program that fails early reads no further; its exit code and stderr say why.
            return;
        }
    }
}
