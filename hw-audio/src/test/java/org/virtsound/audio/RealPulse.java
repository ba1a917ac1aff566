package org.virtsound.audio;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A PulseAudio of the test's own, in a private directory, with a null sink named {@code card}; ended and cleaned up by close. */
public final class RealPulse implements AutoCloseable {
    private static final String NOBODY = "nobody";

    private final Path directory;
    private final Process process;

    /** @param modules load-module lines besides the socket and the card */
    public RealPulse(String... modules) throws IOException, InterruptedException {
        directory = Files.createTempDirectory("real-pulse");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> command = new ArrayList<>();
        if (root()) {
            Files.setOwner(
                    directory,
                    directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(NOBODY));
            command.addAll(List.of("setpriv", "--reuid", NOBODY, "--regid", "nogroup", "--clear-groups"));
        }
        command.addAll(List.of("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--log-target=stderr"));
        command.addAll(List.of("-L", "module-native-protocol-unix auth-anonymous=1 socket=" + socket()));
        command.addAll(List.of("-L", "module-null-sink sink_name=card rate=48000"));
        for (String module : modules) {
            command.addAll(List.of("-L", module));
        }
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile());
        builder.environment().put("HOME", directory.toString());
        builder.environment().put("XDG_RUNTIME_DIR", directory.toString());
        process = builder.start();
        try {
            await("PulseAudio's socket").atMost(Duration.ofSeconds(20)).until(this::answers);
        } catch (RuntimeException e) {
            IllegalStateException failed = new IllegalStateException("pulseaudio did not start:\n" + log(), e);
            close();
            throw failed;
        }
    }

    /** @return whether this machine has a PulseAudio and, for root, the means to run it as somebody else */
    public static boolean installed() {
        return Files.isExecutable(Path.of("/usr/bin/pulseaudio"))
                && (!root() || Files.isExecutable(Path.of("/usr/bin/setpriv")));
    }

    public Path socket() {
        return directory.resolve("native");
    }

    /** @return of the server, for its CPU time and memory */
    public long pid() {
        return process.pid();
    }

    public String log() throws IOException {
        return Files.readString(directory.resolve("log"));
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new IllegalStateException("pulseaudio ended with " + process.exitValue());
        }
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            return channel.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean root() {
        return "root".equals(System.getProperty("user.name"));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
