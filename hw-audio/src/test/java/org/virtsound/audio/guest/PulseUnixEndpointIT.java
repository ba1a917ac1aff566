package org.virtsound.audio.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtsound.audio.Client;
import org.virtsound.audio.FakeHost;
import org.virtsound.audio.RelayHarness;
import org.virtsound.audio.relay.GuestRelay;

/** Users of this machine, each by a uid of its own, at unix sockets. */
class PulseUnixEndpointIT {
    private static final int HER_UID = 60_001;
    private static final int OTHER_UID = 60_002;

    @TempDir
    Path files;

    private RelayHarness harness;
    private GuestRelay relay;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(new UnixSystem().getUid() == 0, "other users need root");
        Files.setPosixFilePermissions(files, PosixFilePermissions.fromString("rwxr-xr-x"));
        harness = new RelayHarness(loop -> new FakeHost(loop.eventLoop()));
        relay = harness.guest("browser").relay();
    }

    @AfterEach
    void stop() {
        if (harness != null) {
            harness.close();
        }
    }

    private PulseUnixEndpoint listen(SocketPlace place) {
        PulseUnixEndpoint endpoint = new PulseUnixEndpoint(harness.loop, place, (uid, gid) -> uid == HER_UID);
        endpoint.admit(relay);
        endpoint.listen().orTimeout(5, TimeUnit.SECONDS).join();
        return endpoint;
    }

    private SocketPlace hers() {
        return new SocketPlace(files.resolve("browser"), HER_UID, HER_UID, 0600);
    }

    private static String info(SocketPlace place, int uid, int expectedExit) {
        return Client.run(
                "unix:" + place.socket(),
                expectedExit,
                "setpriv",
                "--reuid=" + uid,
                "--regid=" + uid,
                "--clear-groups",
                "env",
                "HOME=/nonexistent",
                "XDG_RUNTIME_DIR=/nonexistent",
                "pactl",
                "info");
    }

    @Test
    void aUserReachesHerSocketAndAnotherIsStoppedByTheFileSystem() {
        SocketPlace place = hers();
        try (PulseUnixEndpoint endpoint = listen(place)) {
            assertThat(info(place, HER_UID, 0)).contains("Default Sink: virt-sound");
            assertThat(info(place, OTHER_UID, 1)).contains("refused");
            assertThat(relay.status().join().closedConnections()).isZero();
        }
    }

    @Test
    void withAWidenedModeAnotherIsStoppedAtThePeerCheck() throws IOException {
        SocketPlace place = hers();
        try (PulseUnixEndpoint endpoint = listen(place)) {
            Files.setPosixFilePermissions(place.socket(), PosixFilePermissions.fromString("rw-rw-rw-"));
            assertThat(info(place, OTHER_UID, 1)).contains("terminated");
            assertThat(info(place, HER_UID, 0)).contains("Default Sink: virt-sound");
        }
    }

    @Test
    void theDirectoryOutlivesTheSocketAndAStaleSocketIsReplaced() throws IOException {
        SocketPlace place = hers();
        listen(place).close();
        assertThat(place.directory()).isEmptyDirectory();
        Object inode = Files.getAttribute(place.directory(), "unix:ino");

        listen(place);
        try (PulseUnixEndpoint next = listen(place)) {
            assertThat(info(place, HER_UID, 0)).contains("Default Sink: virt-sound");
        }
        assertThat(Files.getAttribute(place.directory(), "unix:ino")).isEqualTo(inode);
    }

    @Test
    void whoComesBeforeTheGuestIsAdmittedWaitsAndIsServedThen() {
        SocketPlace place = hers();
        try (PulseUnixEndpoint endpoint = listen(place)) {
            endpoint.dismiss();
            try (Client early = Client.start("unix:" + place.socket(), as(HER_UID, "pactl", "info"))) {
                await().until(() -> waiting(place) == 1);
                assertThat(relay.status().join().connections()).isZero();
                endpoint.admit(relay);
                assertThat(early.exitCode(10)).isZero();
            }
            endpoint.dismiss();
            await().until(() -> relay.status().join().connections() == 0);
        }
    }

    /** Connections that nobody has accepted yet: the kernel shows them as 02, connecting. */
    private static long waiting(SocketPlace place) throws IOException {
        try (var sockets = Files.lines(Path.of("/proc/net/unix"))) {
            return sockets.filter(line -> line.endsWith(" " + place.socket()) && line.contains(" 02 "))
                    .count();
        }
    }

    @Test
    void aClientThatOffersSharedMemoryPlaysInPlainBlocks() throws IOException {
        SocketPlace place = hers();
        Path shared = Files.writeString(files.resolve("client.conf"), "enable-shm = yes\nenable-memfd = yes\n");
        Path noise = Files.write(files.resolve("noise"), new byte[44_100 * 4]);
        try (PulseUnixEndpoint endpoint = listen(place)) {
            String said = Client.run(
                    "unix:" + place.socket(),
                    0,
                    as(
                            HER_UID,
                            "env",
                            "PULSE_CLIENTCONFIG=" + shared,
                            "PULSE_LOG=4",
                            "paplay",
                            "--raw",
                            "--latency-msec=100",
                            noise.toString()));

            assertThat(said).contains("shared memfd memory pool", "SHM possible: yes", "Negotiated SHM: no");
            assertThat(relay.status().join().playedBytes()).isEqualTo(44_100 * 4);
        }
    }

    @Test
    void descriptorsThatAPeerPassesAreNeverReceivedAndSharedBlocksEndTheConnection() throws IOException {
        SocketPlace place = hers();
        try (PulseUnixEndpoint endpoint = listen(place)) {
            int before = descriptors();
            String said = Client.run(
                    "unix:" + place.socket(),
                    0,
                    as(HER_UID, "/usr/bin/python3", "-c", """
                    import array, os, socket, struct, sys
                    server = socket.socket(socket.AF_UNIX)
                    server.connect(sys.argv[1])
                    passed = array.array('i', [os.memfd_create('x') for _ in range(100)])
                    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, passed)]
                    word = lambda value: b'L' + struct.pack('>I', value)
                    body = word(8) + word(0) + word(35 | 3 << 30) + b'x' + struct.pack('>I', 256) + bytes(256)
                    frame = struct.pack('>IIIII', len(body), 0xffffffff, 0, 0, 0) + body
                    server.sendmsg([frame], rights)
                    reply = server.recv(4096)
                    print('version', struct.unpack('>I', reply[31:35])[0])
                    server.sendmsg([struct.pack('>IIIII', 16, 0, 0, 0, 0x80000000) + bytes(16)], rights)
                    try:
                        print('then', server.recv(4096))
                    except ConnectionResetError:
                        print('then', b'')
                    """, place.socket().toString()));

            assertThat(said).contains("version 35", "then b''");
            await().until(() -> relay.status().join().connections() == 0);
            assertThat(descriptors()).isLessThan(before + 50);
        }
    }

    private static int descriptors() throws IOException {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            return (int) open.count();
        }
    }

    @Test
    void aLinkAFileOrSomebodyElsesDirectoryIsRefusedAndLeftAsItIs() throws IOException {
        Path elsewhere = Files.createDirectory(files.resolve("elsewhere"));
        Files.createSymbolicLink(files.resolve("browser"), elsewhere);
        assertThatThrownBy(() -> listen(hers()))
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("is no directory");
        assertThat(elsewhere).isEmptyDirectory();

        SocketPlace taken = new SocketPlace(files.resolve("taken"), HER_UID, HER_UID, 0600);
        Files.createDirectory(taken.directory());
        Files.setAttribute(taken.directory(), "unix:uid", OTHER_UID);
        assertThatThrownBy(() -> listen(taken)).hasMessageContaining("belongs to uid " + OTHER_UID);

        SocketPlace file = new SocketPlace(files.resolve("file"), HER_UID, HER_UID, 0600);
        Files.createDirectory(file.directory());
        Files.writeString(file.socket(), "mine");
        assertThatThrownBy(() -> listen(file)).hasMessageContaining("is no socket");
        assertThat(file.socket()).hasContent("mine");
    }

    @Test
    void aPathLongerThanTheKernelTakesIsRefused() {
        assertThatThrownBy(() -> new SocketPlace(files.resolve("x".repeat(120)), 0, 0, 0600))
                .hasMessageContaining("expected: <= 107");
    }

    @Test
    void theMicrophoneComesAndGoesOverAUnixSocketToo() {
        SocketPlace place = hers();
        FakeHost host = (FakeHost) harness.host();
        try (PulseUnixEndpoint endpoint = listen(place);
                Client parec =
                        Client.start("unix:" + place.socket(), as(HER_UID, "parec", "--raw", "--latency-msec=20"))) {
            await().until(() -> relay.status().join().streams().size() == 1);
            relay.micGrant("ann", null).join();
            var speaker = harness.loop.eventLoop().scheduleAtFixedRate(() -> speak(host), 0, 10, TimeUnit.MILLISECONDS);
            await().until(() -> parec.outputBytes().length > 50_000);
            relay.micRevoke("ann").join();
            int spoken = host.streams().stream()
                    .mapToInt(stream -> stream.closed ? 0 : 1)
                    .sum();
            harness.loop.call(() -> speaker.cancel(false)).join();

            assertThat(spoken).isZero();
            assertThat(parec.outputBytes()).containsOnly(1);
        }
    }

    private static void speak(FakeHost host) {
        host.streams().forEach(stream -> {
            byte[] pcm = new byte[1764];
            java.util.Arrays.fill(pcm, (byte) 1);
            ((FakeHost.FakeRecord) stream)
                    .hear(io.netty.buffer.PooledByteBufAllocator.DEFAULT
                            .directBuffer()
                            .writeBytes(pcm));
        });
    }

    private static String[] as(int uid, String... command) {
        java.util.List<String> line = new java.util.ArrayList<>(java.util.List.of(
                "setpriv",
                "--reuid=" + uid,
                "--regid=" + uid,
                "--clear-groups",
                "env",
                "HOME=/nonexistent",
                "XDG_RUNTIME_DIR=/nonexistent"));
        line.addAll(java.util.List.of(command));
        return line.toArray(String[]::new);
    }
}
