package org.virtsound.net;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs commands on this machine, with a fixed locale and PATH's administrator directories, so that a daemon with a bare
 * environment finds {@code iptables} too. Any thread may call it; each of a command's pipes has a thread of its own while
 * the command runs, so that neither side waits for the other.
 */
public final class LocalCommands implements Commands {
    private static final String ADMIN_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    /** Kept from one command of a look to the next; a look is seven. */
    private static final Executor PIPES =
            new ThreadPoolExecutor(0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                Thread thread = new Thread(task, "command-pipe");
                thread.setDaemon(true);
                return thread;
            });

    private final List<String> prefix;
    private final String path;
    private final long timeoutMs;

    public LocalCommands() {
        this(List.of(), defaultPath(), 10_000);
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
        return find(program, defaultPath());
    }

    private static String defaultPath() {
        return System.getenv().getOrDefault("PATH", "") + ":" + ADMIN_PATH;
    }

    private static Optional<Path> find(String program, String path) {
        for (String directory : path.split(":", -1)) {
            File found = new File(directory, program);
            if (found.isAbsolute() && found.canExecute()) {
                return Optional.of(found.toPath());
            }
        }
        return Optional.empty();
    }

    /** A command in another network sees that one's files; our own are read without one. */
    @Override
    public String read(String file) {
        if (!prefix.isEmpty()) {
            return Commands.super.read(file);
        }
        try {
            return Files.readString(Path.of(file));
        } catch (IOException absent) {
            return "";
        }
    }

    @Override
    public String run(Command command) {
        Process process = start(command);
        try {
            CompletableFuture<String> out = read(process.getInputStream());
            CompletableFuture<String> err = read(process.getErrorStream());
            Executor writer = command.stdin().isEmpty() ? Runnable::run : PIPES;
            CompletableFuture<Void> in = CompletableFuture.runAsync(() -> write(process, command.stdin()), writer);
            if (!process.waitFor(timeoutMs, TimeUnit.MILLISECONDS)) {
                throw CommandFailure.late(command, timeoutMs);
            }
            String stderr = err.get(timeoutMs, TimeUnit.MILLISECONDS);
            int exit = process.exitValue();
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

    private Process start(Command command) {
        List<String> argv = new ArrayList<>(prefix);
        argv.addAll(command.argv());
        Path program =
                find(argv.get(0), path).orElseThrow(() -> CommandFailure.missing(command, "there is none in " + path));
        argv.set(0, program.toString());
        ProcessBuilder builder = new ProcessBuilder(argv);
        builder.environment().putAll(Map.of("PATH", path, "LC_ALL", "C"));
        try {
            return builder.start();
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
