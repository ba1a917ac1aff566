package org.virtsound.audio;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.RandomAccessFile;
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
import org.jspecify.annotations.Nullable;

/**
 * A PulseAudio of the test's own: a private directory, an unprivileged user, a null sink named {@code card}, the usual rules for who
 * may connect (its own user, or who has the cookie). It can be killed and started again; close cleans up. Or a pipewire-pulse with
 * the same.
 */
public final class PrivatePulse implements AutoCloseable {
    /** A card, and a guest's processors, wait for nothing else that this machine does. */
    public static final List<String> REAL_TIME = List.of("chrt", "--rr", "5");

    private static final String NOBODY = "nobody";
    private static final Duration START = Duration.ofSeconds(20);

    private final Path directory;
    private final List<String> command = new ArrayList<>();
    private final List<Process> helpers = new ArrayList<>();
    private @Nullable Process process;

    /** @param modules load-module lines besides the socket and the card */
    public PrivatePulse(String... modules) throws IOException {
        this();
        command.addAll(List.of("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--log-target=stderr"));
        command.addAll(List.of("-L", "module-null-sink sink_name=card rate=48000 norewinds=1"));
        command.addAll(List.of("-L", "module-native-protocol-unix socket=" + socket()));
        command.addAll(List.of("-L", "module-native-protocol-unix auth-anonymous=1 socket=" + openSocket()));
        for (String module : modules) {
            command.addAll(List.of("-L", module));
        }
    }

    /** @param prefix the words that put it elsewhere, as into a network namespace */
    public PrivatePulse(List<String> prefix, String... modules) throws IOException {
        this(modules);
        command.addAll(0, prefix);
    }

    private PrivatePulse() throws IOException {
        directory = Files.createTempDirectory("private-pulse");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        if (isRoot()) {
            Files.setOwner(
                    directory,
                    directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(NOBODY));
            command.addAll(REAL_TIME);
            command.addAll(List.of("setpriv", "--reuid", NOBODY, "--regid", "nogroup", "--clear-groups"));
        }
    }

    /**
     * @param sinks null sinks besides the card
     * @return pipewire with wireplumber and pipewire-pulse, running; it takes whoever reaches its socket
     */
    public static PrivatePulse pipewire(String... sinks) throws IOException {
        return pipewireIn(List.of(), sinks);
    }

    /** @param prefix the words that put it elsewhere, as into a network namespace */
    public static PrivatePulse pipewireIn(List<String> prefix, String... sinks) throws IOException {
        PrivatePulse pulse = new PrivatePulse();
        pulse.command.addAll(0, prefix);
        pulse.command.addAll(List.of(
                "dbus-run-session", "--", "sh", "-c", "pipewire & sleep 0.3; wireplumber & exec pipewire-pulse"));
        Path native0 = Path.of("pulse", "native");
        Files.createSymbolicLink(pulse.socket(), native0);
        Files.createSymbolicLink(pulse.openSocket(), native0);
        pulse.startPipewire(sinks);
        return pulse;
    }

    /** Starts what {@link #pipewire} made, again where it was killed, with its sinks. */
    public void startPipewire(String... sinks) throws IOException {
        start();
        List<String> all = new ArrayList<>(List.of(sinks));
        all.add("card");
        for (String sink : all) {
            pactl("load-module", "module-null-sink", "sink_name=" + sink, "rate=48000");
        }
        await("wireplumber's default sink").atMost(START).until(() -> {
            pactl("set-default-sink", "card");
            return pactl("info").contains("Default Sink: card");
        });
    }

    /** @return whether this machine has what {@link #pipewire} runs */
    public static boolean pipewireInstalled() {
        return installed()
                && Files.isExecutable(Path.of("/usr/bin/wireplumber"))
                && Files.isExecutable(Path.of("/usr/bin/pipewire-pulse"))
                && Files.isExecutable(Path.of("/usr/bin/dbus-run-session"));
    }

    /** @return a running one */
    public static PrivatePulse started(String... modules) throws IOException {
        PrivatePulse pulse = new PrivatePulse(modules);
        pulse.start();
        return pulse;
    }

    /** @return whether this machine has a PulseAudio and its tools and, for root, the means to run it as somebody else */
    public static boolean installed() {
        return Files.isExecutable(Path.of("/usr/bin/pulseaudio"))
                && Files.isExecutable(Path.of("/usr/bin/parec"))
                && (!isRoot() || Files.isExecutable(Path.of("/usr/bin/setpriv")));
    }

    /** Returns when it answers. */
    public void start() throws IOException {
        launch();
        try {
            await("PulseAudio's socket")
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(START)
                    .until(this::answers);
        } catch (RuntimeException e) {
            IllegalStateException failed = new IllegalStateException("pulseaudio did not start:\n" + log(), e);
            close();
            throw failed;
        }
    }

    /** As {@link #start}, without waiting. */
    public void launch() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("log").toFile()));
        environment(builder);
        process = builder.start();
    }

    /** kill -9: it leaves its socket behind. */
    public void kill() {
        if (process != null) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    /** @param signal a name without SIG, as for kill(1) */
    public void signal(String signal) throws IOException {
        run("kill", "-" + signal, String.valueOf(pid()));
    }

    public Path socket() {
        return directory.resolve("native");
    }

    /** @return a second socket, which asks for no cookie */
    public Path openSocket() {
        return directory.resolve("open");
    }

    public Path home() {
        return directory;
    }

    /** @return what its own user's clients show it; there once it has run */
    public Path cookieFile() {
        return directory.resolve(".config/pulse/cookie");
    }

    public long pid() {
        return process == null ? -1 : process.pid();
    }

    /** @return what pactl prints */
    public String pactl(String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of("pactl"));
        line.addAll(List.of(arguments));
        return run(line.toArray(String[]::new));
    }

    /** Records what the card plays, as s16le mono at 48 kHz, until it is closed; returns when it runs. */
    public Recording record() throws IOException {
        Path file = directory.resolve("heard-" + helpers.size() + ".raw");
        Process parec = helper(
                file,
                "parec",
                "--device=card.monitor",
                "--format=s16le",
                "--channels=1",
                "--rate=48000",
                "--latency-msec=10",
                "--raw");
        await("parec's first samples").atMost(START).until(() -> Files.size(file) > 0);
        return new Recording(parec, file);
    }

    /** A recording under way. */
    public record Recording(Process parec, Path file) implements AutoCloseable {
        /** @return how much it has heard so far, in samples */
        public long samples() throws IOException {
            return Files.size(file) / 2;
        }

        /** @return whether its last 20 ms hold a tone of {@code hz} */
        public boolean hears(double hz, double atLeast) throws IOException {
            int bytes = Tone.RATE_HZ / 50 * 2;
            try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
                long from = in.length() / 2 * 2 - bytes;
                if (from < 0) {
                    return false;
                }
                byte[] last = new byte[bytes];
                in.seek(from);
                in.readFully(last);
                return Tone.of(last).level(hz) >= atLeast;
            }
        }

        /** Ends it. */
        public Tone heard() throws IOException {
            close();
            return Tone.of(Files.readAllBytes(file));
        }

        @Override
        public void close() {
            parec.destroy();
            parec.onExit().join();
        }
    }

    /** Runs a client of this server to its end. */
    public String run(String... line) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        environment(builder);
        builder.environment().put("LC_ALL", "C");
        Process client = builder.start();
        String printed = new String(client.getInputStream().readAllBytes());
        client.onExit().join();
        if (client.exitValue() != 0) {
            throw new IOException(String.join(" ", line) + " exited with " + client.exitValue() + ": " + printed
                    + (process == null || process.isAlive()
                            ? ""
                            : "the server has ended, code " + process.exitValue() + ":\n" + log()));
        }
        return printed;
    }

    /** Starts a client of this server; it is ended by close at the latest. */
    public Process helper(Path output, String... line) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("helpers.log").toFile()));
        environment(builder);
        Process client = builder.start();
        helpers.add(client);
        return client;
    }

    public String log() throws IOException {
        return Files.readString(directory.resolve("log"));
    }

    private void environment(ProcessBuilder builder) {
        builder.environment().put("HOME", directory.toString());
        builder.environment().put("XDG_RUNTIME_DIR", directory.toString());
        builder.environment()
                .put("XDG_CONFIG_HOME", directory.resolve(".config").toString());
        builder.environment().put("PULSE_SERVER", "unix:" + socket());
        builder.environment().put("PULSE_COOKIE", cookieFile().toString());
        builder.environment().put("DBUS_SESSION_BUS_ADDRESS", "disabled:");
    }

    private boolean answers() {
        if (process == null || !process.isAlive()) {
            throw new IllegalStateException("pulseaudio ended");
        }
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            return channel.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    @Override
    public void close() throws IOException {
        for (Process helper : helpers) {
            helper.destroyForcibly().onExit().join();
        }
        if (process != null) {
            List<ProcessHandle> descendants = process.descendants().toList();
            descendants.forEach(ProcessHandle::destroy);
            process.destroy();
            descendants.forEach(descendant ->
                    descendant.onExit().orTimeout(5, TimeUnit.SECONDS).join());
            try {
                if (!process.waitFor(5, TimeUnit.SECONDS)) {
                    kill();
                }
            } catch (InterruptedException e) {
                kill();
                Thread.currentThread().interrupt();
            }
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
