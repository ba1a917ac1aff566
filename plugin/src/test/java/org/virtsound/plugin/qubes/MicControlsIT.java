package org.virtsound.plugin.qubes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtsound.audio.host.HostSound;
import org.virtsound.audio.relay.CapturePolicy;
import org.virtsound.audio.relay.GuestIdentity;
import org.virtsound.audio.relay.GuestLimits;
import org.virtsound.audio.relay.GuestPolicy;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.audio.relay.GuestRelays;
import org.virtsound.audio.relay.RelayEvent;
import org.virtsound.audio.stream.AudioLoop;

/** Each of Qubes' three controls and the relay's one permission. */
class MicControlsIT {
    private static final GuestPolicy OFF =
            new GuestPolicy(true, null, null, null, CapturePolicy.OFF, null, null, null, null);

    private final AudioLoop loop = new AudioLoop();
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final HostSound host = new HostSound(loop, "silence");
    private final List<RelayEvent> events = new CopyOnWriteArrayList<>();
    private final GuestRelays relays = new GuestRelays(loop, host, GuestLimits.DEFAULT, events::add);
    private final GuestRelay relay = relays.open(identity("work"), GuestPolicy.DEFAULT);
    private MicControl control;
    private Process busDaemon;

    @TempDir
    Path dir;

    @BeforeEach
    void isOff() {
        assertThat(allowed()).isFalse();
    }

    @AfterEach
    void stop() {
        if (control != null) {
            control.stop();
        }
        if (busDaemon != null) {
            busDaemon.destroy();
        }
        relays.close();
        host.close();
        loop.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Test
    void theControlSocketFlipsThePermission() throws IOException {
        Path socket = controlSocket();
        assertThat(say(socket, "audio-input 1\n")).isEmpty();
        await().until(this::allowed);
        assertThat(events).contains(new RelayEvent.MicGranted(relay.identity(), "qubes control socket", null));
        say(socket, "audio-input 0\n");
        await().until(() -> !allowed());

        control.close(relay);
        await().until(() -> Files.notExists(socket));
    }

    @Test
    void whatIsNoCommandChangesNothingAndIsHungUpOn() throws IOException {
        Path socket = controlSocket();
        for (String text : List.of("audio-input 2\n", "\n", "audio-input 1 and more\n", "x".repeat(100_000))) {
            say(socket, text);
        }
        assertThat(allowed()).isFalse();
        say(socket, "audio-input 1\n");
        await().until(this::allowed);
    }

    @Test
    void aSocketThatAKilledServiceLeftBehindIsReplaced() throws IOException {
        Files.createFile(dir.resolve("audio-control.work"));
        say(controlSocket(), "audio-input 1\n");
        await().until(this::allowed);
    }

    @Test
    void aNameThatLeadsElsewhereMakesNoSocket() {
        control = new ControlSockets(group.next(), dir.resolve("in"), "nogroup");
        GuestRelay evil = relays.open(identity("../evil"), GuestPolicy.DEFAULT);
        control.open(evil);
        group.next().submit(() -> {}).syncUninterruptibly();
        assertThat(dir.resolve("evil")).doesNotExist();
        assertThat(dir.resolve("in/audio-control...")).doesNotExist();
    }

    @Test
    void theQrexecServicesFlipThePermission() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/socat")), "needs socat");
        controlSocket();
        assertThat(service("qubes.AudioInputEnable", "work")).isZero();
        await().until(this::allowed);
        assertThat(service("qubes.AudioInputDisable", "work")).isZero();
        await().until(() -> !allowed());
        assertThat(service("qubes.AudioInputEnable", "../work")).isNotZero();
        assertThat(service("qubes.AudioInputEnable", "nobody")).isNotZero();
    }

    @Test
    void qubesDbFlipsThePermissionAndIsToldOfIt() throws IOException {
        try (FakeQubesDb db = new FakeQubesDb(dir.resolve("qubesdb.sock"))) {
            control = new QubesDbMics(group.next(), dir.resolve("qubesdb.sock"));
            control.open(relay);
            await().until(() ->
                    "0".equals(db.get("/audio-input/work")) && "0".equals(db.get("/audio-input-request/work")));
            await().until(() -> db.isWatched("/audio-input-config/work"));
            db.set("/audio-input-config/work", "1");
            await().until(this::allowed);
            assertThat(events).contains(new RelayEvent.MicGranted(relay.identity(), "qubesdb", null));
            control.changed(relay, new MicState(true, true));
            await().until(() ->
                    "1".equals(db.get("/audio-input/work")) && "1".equals(db.get("/audio-input-request/work")));
            db.set("/audio-input-config/work", "maybe");
            db.set("/audio-input-config/work", "0");
            await().until(() -> !allowed());

            control.close(relay);
            await().until(() -> db.nodes().keySet().equals(Set.of("/audio-input-config/work")));
            assertThat(db.isWatched("/audio-input-config/work")).isFalse();
        }
    }

    @Test
    void aQubesDbThatSaysYesAtTheStartIsObeyed() throws IOException {
        try (FakeQubesDb db = new FakeQubesDb(dir.resolve("qubesdb.sock"))) {
            db.set("/audio-input-config/work", "1");
            control = new QubesDbMics(group.next(), dir.resolve("qubesdb.sock"));
            control.open(relay);
            await().until(this::allowed);
        }
    }

    @Test
    void aQubesDbThatComesBackIsToldAnewAndItsOldDecisionIsNoNewOne() throws IOException {
        try (FakeQubesDb db = new FakeQubesDb(dir.resolve("qubesdb.sock"))) {
            db.set("/audio-input-config/work", "1");
            control = new QubesDbMics(group.next(), dir.resolve("qubesdb.sock"));
            control.open(relay);
            await().until(this::allowed);
            relay.micRevoke("its owner").join();
            db.close();
            db.start();
            db.set("/audio-input-config/work", "1");
            await().until(() -> db.isWatched("/audio-input-config/work") && db.get("/audio-input/work") != null);
            assertThat(allowed()).isFalse();
            db.set("/audio-input-config/work", "1");
            await().until(this::allowed);
        }
    }

    @Test
    void theBusFlipsThePermissionAndHearsOfIt() throws IOException {
        String address = bus();
        control = new DbusMics(address);
        control.open(relay);
        await().until(() -> busSays(address, "Get", "string:RecAllowed").contains("boolean false"));
        Process monitor = new ProcessBuilder("dbus-monitor", "--address", address, "type='signal'")
                .redirectOutput(dir.resolve("signals").toFile())
                .start();
        try {
            await().until(() -> Files.size(dir.resolve("signals")) > 0);
            busSays(address, "Set", "string:RecAllowed", "variant:boolean:true");
            await().until(this::allowed);
            assertThat(events).contains(new RelayEvent.MicGranted(relay.identity(), "qubes dbus", null));
            control.changed(relay, new MicState(false, true));
            await().until(() -> busSays(address, "Get", "string:RecAllowed").contains("boolean true"));
            await().until(() -> Files.readString(dir.resolve("signals"))
                    .replaceAll("\\s+", " ")
                    .contains("member=RecAllowedChanged boolean true string \"work\""));
            busSays(address, "Set", "string:RecAllowed", "variant:boolean:false");
            await().until(() -> !allowed());
        } finally {
            monitor.destroy();
        }
        control.close(relay);
        await().until(() -> busSays(address, "Get", "string:RecAllowed").contains("ServiceUnknown"));
    }

    @Test
    void whereThePolicyIsOffEachControlIsRefusedAndReportsSo() throws IOException {
        relay.update(OFF).join();
        try (FakeQubesDb db = new FakeQubesDb(dir.resolve("qubesdb.sock"))) {
            db.set("/audio-input-config/work", "1");
            control = new QubesDbMics(group.next(), dir.resolve("qubesdb.sock"));
            control.open(relay);
            await().until(() -> db.isWatched("/audio-input-config/work") && db.get("/audio-input/work") != null);
            assertThat(allowed()).isFalse();
            assertThat(db.get("/audio-input/work")).isEqualTo("0");
        }
    }

    private Path controlSocket() {
        control = new ControlSockets(group.next(), dir, "nogroup");
        control.open(relay);
        Path socket = dir.resolve("audio-control.work");
        await().until(() -> Files.exists(socket) && !Files.isRegularFile(socket));
        return socket;
    }

    private static String say(Path socket, String text) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            try {
                channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
                ByteBuffer answer = ByteBuffer.allocate(100);
                while (channel.read(answer) >= 0) {
                    // Until it hangs up.
                }
                return new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
            } catch (IOException e) {
                return ""; // hung up on in the middle
            }
        }
    }

    private int service(String name, String guest) throws IOException, InterruptedException {
        Path script = Path.of(System.getProperty("virtsound.basedir"), "scripts/qubes-rpc", name);
        ProcessBuilder builder = new ProcessBuilder(script.toString(), guest).redirectErrorStream(true);
        builder.environment().put("QUBES_CONTROL_DIR", dir.toString());
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        return builder.start().waitFor();
    }

    private String bus() throws IOException {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/dbus-daemon"))
                        && Files.isExecutable(Path.of("/usr/bin/dbus-send")),
                "needs dbus");
        // As the system's bus is: nobody owns a name or is called unless a policy says so. Ours speaks of root.
        boolean root = System.getProperty("user.name").equals("root");
        Path policy = Path.of(System.getProperty("virtsound.basedir"), "plugin/src/dist/share/dbus-policy.conf");
        Path config = Files.writeString(
                dir.resolve("bus.conf"),
                "<busconfig><type>session</type><listen>unix:path=" + dir.resolve("bus")
                        + "</listen><policy context='default'><allow user='*'/><deny own='*'/>"
                        + "<deny send_type='method_call'/><allow send_destination='org.freedesktop.DBus'/>"
                        + "<allow send_type='signal'/><allow send_requested_reply='true'/>"
                        + "<allow receive_type='method_call'/><allow receive_type='method_return'/>"
                        + "<allow receive_type='error'/><allow receive_type='signal'/></policy>"
                        + (root
                                ? "<include>" + policy + "</include>"
                                : "<policy context='mandatory'><allow own='*'/><allow send_destination='*'/></policy>")
                        + "</busconfig>");
        busDaemon = new ProcessBuilder("dbus-daemon", "--config-file=" + config, "--nofork", "--print-address").start();
        BufferedReader out = busDaemon.inputReader();
        return out.readLine();
    }

    private static String busSays(String address, String method, String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                "dbus-send",
                "--bus=" + address,
                "--print-reply",
                "--dest=org.qubesos.Audio.work",
                "/org/qubesos/audio",
                "org.freedesktop.DBus.Properties." + method,
                "string:org.qubesos.Audio"));
        line.addAll(List.of(arguments));
        Process send = new ProcessBuilder(line).redirectErrorStream(true).start();
        return new String(send.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private boolean allowed() {
        return relay.status().orTimeout(5, TimeUnit.SECONDS).join().mic().granted();
    }

    private static GuestIdentity identity(String name) {
        return new GuestIdentity(UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)), name, name);
    }
}
