package org.virtsound.plugin.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts programs and ends them again, by the process that was started. */
public final class Processes {
    private Processes() {}

    /** How a program ended. */
    public record Ended(int exitCode, String output, String errors) {}

    /** Runs it to its end, whatever that is. */
    public static Ended ended(List<String> command) {
        try {
            Path errors = java.nio.file.Files.createTempFile("vs-it-", ".err");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectError(errors.toFile())
                        .start();
                process.getOutputStream().close();
                String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (!process.waitFor(60, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new IllegalStateException("no end within 60 s: " + command);
                }
                return new Ended(process.exitValue(), output, java.nio.file.Files.readString(errors));
            } finally {
                java.nio.file.Files.delete(errors);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Runs it to its end, which must be a good one. */
    public static String run(List<String> command) {
        Ended ended = ended(command);
        if (ended.exitCode() != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": " + ended);
        }
        return ended.output();
    }

    /** Starts one that goes on. */
    public static Process start(List<String> command, Path log) throws IOException {
        return new ProcessBuilder(command)
                .redirectInput(new java.io.File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /** The words that make a program an unprivileged user's with this home. */
    public static List<String> unprivileged(Path home) {
        return List.of(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "env",
                "-i",
                "PATH=" + System.getenv("PATH"),
                "HOME=" + home,
                "XDG_RUNTIME_DIR=" + home.resolve("run"),
                "XDG_CONFIG_HOME=" + home.resolve("config"),
                "XDG_CACHE_HOME=" + home.resolve("cache"),
                "LC_ALL=C");
    }

    /** The words that make a program another user's of this machine, whose sound server is at the socket. */
    public static List<String> clientOf(int uid, Path socket) {
        return List.of(
                "setpriv",
                "--reuid=" + uid,
                "--regid=" + uid,
                "--clear-groups",
                "env",
                "-i",
                "PATH=/usr/bin:/bin",
                "HOME=/nonexistent",
                "LC_ALL=C",
                "PULSE_SERVER=unix:" + socket);
    }

    public static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
