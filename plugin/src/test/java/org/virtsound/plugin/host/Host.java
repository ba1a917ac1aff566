package org.virtsound.plugin.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.virtsound.net.Namespace;
import org.virtsound.plugin.control.Json;

/** A host for a test: a network namespace and a private directory, in which the built daemon and command run. */
public final class Host implements AutoCloseable {
    private static final Path DIST = dist();
    /** Its unit's Nice= and CPUWeight=. */
    private static final List<String> AS_ITS_UNIT =
            List.of("setsid", "sh", "-c", "echo -11 > /proc/self/autogroup; exec nice -n -11 \"$@\"", "virtsoundd");

    private final Namespace namespace = Namespace.create();
    private final Path directory;
    private final List<AutoCloseable> closed = new ArrayList<>();
    private List<String> environment = List.of();
    private List<String> wrapper = List.of();
    private Process daemon;

    public Host(String... configuration) {
        try {
            directory = Files.createTempDirectory("vs-it-");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            configure(configuration);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path dist() {
        Path dist = Path.of(System.getProperty("virtsound.basedir", ".."), "plugin/target/dist")
                .toAbsolutePath()
                .normalize();
        assumeTrue(Files.isExecutable(dist.resolve("bin/virtsoundd")), "no " + dist + ": run by mvn verify");
        return dist;
    }

    /** Writes the configuration anew, with a private runtime-dir. */
    public Host configure(String... lines) throws IOException {
        Files.writeString(
                config(), "runtime-dir = \"" + directory.resolve("run") + "\"\n" + String.join("\n", lines) + "\n");
        return this;
    }

    public Path directory() {
        return directory;
    }

    public Path config() {
        return directory.resolve("virt-sound.conf");
    }

    public Namespace namespace() {
        return namespace;
    }

    /** What its programs, the daemon and the command among them, have in their environment, too: {@code NAME=value}. */
    public Host environment(String... variables) {
        environment = Stream.concat(Stream.of("env"), Stream.of(variables)).toList();
        return this;
    }

    /** The words that make a command one of this host's. */
    public List<String> prefix() {
        return Stream.concat(namespace.prefix().stream(), environment.stream()).toList();
    }

    /** Closes it with the host, last come first. */
    public <T extends AutoCloseable> T with(T part) {
        closed.add(0, part);
        return part;
    }

    /** Starts the daemon; returns when it answers, or has ended. */
    public Host start() throws IOException {
        List<String> command = new ArrayList<>(prefix());
        command.addAll(AS_ITS_UNIT);
        command.addAll(wrapper);
        command.addAll(
                List.of(DIST.resolve("bin/virtsoundd").toString(), "--verbose", "--config", config().toString()));
        daemon = Processes.start(command, log());
        await().atMost(Duration.ofSeconds(20))
                .until(() -> !daemon.isAlive() || !ask("/domains").isEmpty());
        return this;
    }

    /** Lets the daemon run by these words before its own. */
    public Host within(List<String> words) {
        wrapper = List.copyOf(words);
        return this;
    }

    /** A namespace that takes a guest's place: its tap leaves the bridge, and a veth of the same name, MAC and address joins. */
    public Namespace speaksFor(String domain) {
        Map<String, Object> shown = show(domain);
        String device = String.valueOf(shown.get("device"));
        for (String change : List.of("nomaster", "down", "name qtap0")) {
            namespace.run(("ip link set dev " + device + " " + change).split(" "));
        }
        Namespace guest =
                namespace.guest(device, "SOUND", String.valueOf(shown.get("mac")), shown.get("address") + "/29");
        await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
            guest.run("env", "PULSE_SERVER=tcp:10.47.13.1:4713", "pactl", "info");
            return true;
        });
        return guest;
    }

    public Process daemon() {
        return daemon;
    }

    private Path log() {
        return directory.resolve("virtsoundd.log");
    }

    /** What the daemon has logged by now. */
    public String logged() {
        try {
            return Files.readString(log());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs the command with this host's configuration. */
    public Processes.Ended virtSound(String... words) {
        List<String> command = new ArrayList<>(prefix());
        command.add(DIST.resolve("bin/virt-sound").toString());
        command.addAll(List.of(words));
        command.addAll(List.of("--config", config().toString()));
        return Processes.ended(command);
    }

    /** The command's file. */
    public String command() {
        return DIST.resolve("bin/virt-sound").toString();
    }

    /** What the daemon says of a domain; empty where it has no sound, or there is no daemon. */
    public Map<String, Object> show(String domain) {
        return ask("/domains/" + domain);
    }

    /** What is at a path of the control socket, asked without starting a command each time; empty where that fails. */
    public Map<String, Object> ask(String path) {
        String body = text(path);
        return body.isEmpty() ? Map.of() : Json.parse(body);
    }

    /** The same as it comes. */
    public String text(String path) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve("run/control")))) {
            channel.write(UTF_8.encode("GET " + path + " HTTP/1.1\r\nConnection: close\r\n\r\n"));
            String answer = new String(Channels.newInputStream(channel).readAllBytes(), UTF_8);
            return answer.startsWith("HTTP/1.1 200") ? answer.substring(answer.indexOf("\r\n\r\n") + 4) : "";
        } catch (IOException e) {
            return "";
        }
    }

    /** Runs {@code virt-sound watch} until the host is closed; its output goes to the file. */
    public Path watch() throws IOException {
        List<String> command = new ArrayList<>(prefix());
        command.addAll(
                List.of(DIST.resolve("bin/virt-sound").toString(), "watch", "--json", "--config", config().toString()));
        Path output = directory.resolve("watch.out");
        Process watch = Processes.start(command, output);
        with(() -> Processes.end(watch));
        await().atMost(Duration.ofSeconds(20)).until(() -> logged().contains("control: somebody watches"));
        return output;
    }

    /** What a recording holds; ends with 0 where it is a tone of 1 kHz without a gap. */
    public static Processes.Ended heard(Path wav) {
        Path script = Path.of(System.getProperty("virtsound.basedir", ".."), "scripts/heard");
        return Processes.ended(List.of("bash", script.toString(), wav.toString(), "1000"));
    }

    public String rules() {
        return namespace.run("iptables-save");
    }

    @Override
    public void close() throws Exception {
        if (daemon != null) {
            Processes.end(daemon);
        }
        for (AutoCloseable part : closed) {
            part.close();
        }
        // What the daemon leaves to its next start, where it was killed: the DHCP server.
        namespace
                .run("ip", "netns", "pids", namespace.name())
                .lines()
                .forEach(pid -> ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroy));
        namespace.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
