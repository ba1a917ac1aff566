package org.virtsound.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virtsound.audio.PrivatePulse;

/** The built daemon and command, and users of this machine: daemon (uid 1) is hers, games (uid 5) is another. */
class LocalEndpointsIT {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int HER_UID = 1;
    private static final int OTHER_UID = 5;

    private final Host host = new Host();
    private final Path directory = host.directory().resolve("run/local/browser");
    private final Path socket = directory.resolve("native");

    @BeforeEach
    void start() throws Exception {
        host.configure("libvirt-uri = \"test:///default\"", "host-server = silence")
                .start();
    }

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    private Processes.Ended pactl(int uid, String... words) {
        List<String> command = client(uid, "pactl");
        command.addAll(List.of(words));
        return Processes.ended(command);
    }

    private List<String> client(int uid, String... words) {
        List<String> command = new ArrayList<>(Processes.clientOf(uid, socket));
        command.addAll(List.of(words));
        return command;
    }

    @Test
    void aUserHasHerSocketAndNobodyElseHasAndNothingOfTheHostIsInReach() throws Exception {
        Processes.Ended added = host.virtSound("local", "add", "browser", "--user", "daemon", "--mic", "off");
        assertThat(added.exitCode()).as(added.errors()).isZero();
        assertThat(added.output()).contains("default-server = unix:" + socket);
        assertThat(host.logged())
                .contains(
                        "audit: domain local/browser: microphone policy set to off by root (uid 0) over the control socket");

        assertThat(pactl(HER_UID, "info").output()).contains("Default Sink: virt-sound");
        assertThat(pactl(HER_UID, "load-module", "module-null-sink").errors()).contains("Access denied");
        assertThat(pactl(OTHER_UID, "info").exitCode()).isNotZero();
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThat(pactl(OTHER_UID, "info").exitCode()).isNotZero();
        await().atMost(SOON).until(() -> host.logged().contains("uid " + OTHER_UID + " may not use"));

        assertThat(host.virtSound("local", "list").output()).contains("browser", "user daemon", "off");
        assertThat(host.virtSound("list").output()).contains("local/browser", "ready");
        assertThat(host.virtSound("show", "local/browser").output()).contains("local/browser");
        assertThat(host.virtSound("show", "local/nobody").errors()).contains("no local endpoint nobody");

        assertThat(host.virtSound("local", "remove", "browser").exitCode()).isZero();
        assertThat(directory).doesNotExist();
        assertThat(host.virtSound("local", "remove", "browser").errors()).contains("no local endpoint browser");
    }

    @Test
    void itsVolumeMuteSinkAndSourceAreSetLikeADomainsAndKeptWhereThatIsAsked() throws Exception {
        PrivatePulse pulse = host.with(PrivatePulse.started());
        host.daemon().destroy();
        host.daemon().waitFor();
        host.configure("libvirt-uri = \"test:///default\"", "host-server = \"unix:" + pulse.openSocket() + "\"")
                .start();
        host.virtSound("local", "add", "browser", "--user", "daemon");
        Process player = Processes.start(
                client(HER_UID, "pacat", "--raw", "/dev/urandom"),
                host.directory().resolve("pacat.log"));
        host.with(() -> Processes.end(player));
        await().atMost(SOON).until(() -> pulse.pactl("list", "sink-inputs").contains("\"browser\""));

        assertThat(host.virtSound("volume", "local/browser", "40%").errors()).isEmpty();
        assertThat(host.virtSound("mute", "local/browser", "--persistent").errors())
                .isEmpty();
        await().atMost(SOON).until(() -> pulse.pactl("list", "sink-inputs").contains(" 40% "));
        await().atMost(SOON).until(() -> pulse.pactl("list", "sink-inputs").contains("Mute: yes"));
        assertThat(host.directory().resolve("local.d/browser.conf"))
                .content()
                .contains("mute")
                .doesNotContain("volume");

        pulse.pactl("load-module", "module-null-sink", "sink_name=other");
        assertThat(host.virtSound("sink", "local/browser", "other").errors()).isEmpty();
        String other = pulse.pactl("list", "short", "sinks")
                .lines()
                .filter(line -> line.contains("\tother\t"))
                .findFirst()
                .orElseThrow()
                .split("\t")[0];
        await().atMost(SOON).until(() -> pulse.pactl("list", "sink-inputs").contains("Sink: " + other + "\n"));
        assertThat(host.virtSound("source", "local/browser", "default").errors())
                .isEmpty();

        assertThat(host.virtSound("volume", "local/browser", "200%").errors()).contains("0% to 150%");
        assertThat(host.virtSound("volume", "local/nobody", "20%").errors()).contains("no local endpoint nobody");
        assertThat(host.virtSound("enable", "local/browser").errors()).contains("has sound for as long as it is");
    }

    @Test
    void anEndpointOutlivesAKilledDaemonInTheSameDirectory() throws Exception {
        assertThat(host.virtSound("local", "add", "browser", "--user", "daemon").exitCode())
                .isZero();
        Object inode = Files.getAttribute(directory, "unix:ino");

        host.daemon().destroyForcibly().waitFor();
        assertThat(pactl(HER_UID, "info").exitCode()).isNotZero();
        host.start();

        await().atMost(SOON).until(() -> pactl(HER_UID, "info").exitCode() == 0);
        assertThat(Files.getAttribute(directory, "unix:ino")).isEqualTo(inode);
    }

    @Test
    void aContainersUsersAreKnownByTheirNumbersHere() {
        Processes.Ended added = host.virtSound("local", "add", "browser", "--uid", "1-4");
        assertThat(added.output())
                .contains("podman run:     -v " + directory + ":" + directory)
                .contains("docker run:     -v " + directory)
                .contains("systemd-nspawn: --bind=" + directory);
        assertThat(pactl(HER_UID, "info").exitCode()).isZero();
        assertThat(pactl(OTHER_UID, "info").exitCode()).isNotZero();
        assertThat(host.virtSound("guest-config", "local/browser").output())
                .isEqualTo("# in the container, /etc/pulse/client.conf:\ndefault-server = unix:" + socket
                        + "\nautospawn = no\n");
    }

    @Test
    void aClientInAContainerWithMappedUsersIsServedAndOneWithOthersIsNot() throws Exception {
        assertThat(host.virtSound("local", "add", "browser", "--uid", "100000-165535")
                        .exitCode())
                .isZero();
        Processes.Ended root = inContainer(100_000, "pactl info && pactl load-module module-null-sink");
        assertThat(root.output()).contains("Default Sink: virt-sound");
        assertThat(root.errors()).contains("Access denied");
        assertThat(inContainer(100_000, "setpriv --reuid=1000 --clear-groups pactl info")
                        .output())
                .contains("Default Sink: virt-sound");
        assertThat(inContainer(300_000, "pactl info").exitCode()).isNotZero();
        await().atMost(SOON).until(() -> host.logged().contains("uid 300000 may not use"));
    }

    /** As podman, docker and systemd-nspawn do it: the directory mounted into namespaces of its own, whose root is {@code firstUid}. */
    private Processes.Ended inContainer(int firstUid, String line) throws Exception {
        Process container = Processes.start(
                List.of("unshare", "-U", "-m", "--propagation", "private", "sleep", "60"),
                host.directory().resolve("container.log"));
        try {
            Path proc = Path.of("/proc", Long.toString(container.pid()));
            await().atMost(SOON)
                    .until(() -> !Files.readSymbolicLink(proc.resolve("ns/user"))
                            .equals(Files.readSymbolicLink(Path.of("/proc/self/ns/user"))));
            for (String map : List.of("uid_map", "gid_map")) {
                Files.writeString(proc.resolve(map), "0 " + firstUid + " 65536\n");
            }
            return Processes.ended(List.of(
                    "nsenter",
                    "-t",
                    Long.toString(container.pid()),
                    "-U",
                    "-m",
                    "env",
                    "-i",
                    "PATH=/usr/bin:/bin",
                    "HOME=/nonexistent",
                    "LC_ALL=C",
                    "PULSE_SERVER=unix:/mnt/native",
                    "sh",
                    "-c",
                    "mount --bind " + directory + " /mnt && " + line));
        } finally {
            Processes.end(container);
        }
    }

    @Test
    void whatCannotBeIsRefusedWithTheReasonAndLeavesNothing() {
        String[][] bad = {
            {"browser", "--user", "no-such-user", "user no-such-user: not on this machine"},
            {"../browser", "--user", "daemon", "expected: 1 to 64 letters"},
            {"x".repeat(200), "--user", "daemon", "expected: 1 to 64 letters"},
            {"browser", "--tcp", "192.0.2.1:4714", "expected: a loopback address"},
            {"browser", "--mic", "ask", "nobody may use it"},
        };
        for (String[] one : bad) {
            Processes.Ended ended = host.virtSound("local", "add", one[0], one[1], one[2]);
            assertThat(ended.exitCode()).isEqualTo(1);
            assertThat(ended.errors()).contains(one[3]);
        }
        assertThat(directory).doesNotExist();
        assertThat(host.directory().resolve("local.d")).doesNotExist();
    }

    /** Starts the daemon anew where the machine's groups are these, one a line. */
    private void startWithGroups(String groups) throws Exception {
        host.daemon().destroy();
        host.daemon().waitFor();
        Path file = Files.writeString(host.directory().resolve("group"), "root:x:0:\n" + groups);
        host.within(List.of("unshare", "-m", "sh", "-c", "mount --bind " + file + " /etc/group && exec \"$@\"", "sh"))
                .start();
    }

    @Test
    void aMemberOfAGroupWhoIsNoUserIsLeftOut() throws Exception {
        startWithGroups("band:x:4711:long-gone,daemon\n");

        assertThat(host.virtSound("local", "add", "browser", "--group", "band").errors())
                .isEmpty();

        Processes.run(List.of("chmod", "666", socket.toString())); // who may use it is asked, not what the file says
        assertThat(pactl(HER_UID, "info").output()).contains("Default Sink: virt-sound");
        assertThat(pactl(OTHER_UID, "info").exitCode()).isNotZero();
        assertThat(host.logged()).contains("group band: left out: user long-gone: not on this machine");
    }

    @Test
    void oneThatFailedStaysInTheListWhereItsSuccessorFailsToo() throws Exception {
        startWithGroups("band:x:4711:daemon\n");
        assertThat(host.virtSound("local", "add", "browser", "--group", "band").exitCode())
                .isZero();
        startWithGroups("");

        assertThat(host.virtSound("local", "add", "browser", "--user", "no-such-user")
                        .errors())
                .contains("user no-such-user: not on this machine");

        assertThat(host.virtSound("local", "list").output()).contains("group band: not on this machine");
    }

    @Test
    void anEndpointWrittenInTheConfigurationIsThereFromTheStart() throws Exception {
        host.daemon().destroy();
        host.daemon().waitFor();
        host.configure(
                        "libvirt-uri = \"test:///default\"",
                        "host-server = silence",
                        "local { browser { user = daemon, mic = off } }")
                .start();

        assertThat(pactl(HER_UID, "info").exitCode()).isZero();
        assertThat(host.virtSound("local", "remove", "browser").errors())
                .contains("written in the service's configuration");
    }

    @Test
    void oneThatCannotBeIsNamedByTheDoctor() throws Exception {
        host.daemon().destroy();
        host.daemon().waitFor();
        host.configure(
                        "libvirt-uri = \"test:///default\"",
                        "host-server = silence",
                        "local { browser { user = nosuch }",
                        "old { tcp = \"127.0.0.1:4714\", allow = [ 127.0.0.1 ] }",
                        "older { tcp = \"127.0.0.1:4714\", allow = [ 127.0.0.1 ] } }")
                .start();

        assertThat(host.virtSound("doctor", "local/older"))
                .satisfies(ended -> assertThat(ended.output())
                        .contains("local/older's endpoint\n", "Address already in use", "virt-sound.conf"))
                .extracting(Processes.Ended::exitCode)
                .isEqualTo(1);
        assertThat(host.virtSound("doctor", "local/browser").output())
                .contains("local/browser's endpoint\n", "user nosuch: not on this machine");
        assertThat(host.virtSound("doctor", "local/nobody").output())
                .contains("local/nobody's endpoint\n", "no local endpoint nobody", "virt-sound local list")
                .doesNotContain("virsh");
        assertThat(host.virtSound("guest-config", "local/browser"))
                .satisfies(ended -> assertThat(ended.errors())
                        .contains("local/browser is not in service: user nosuch: not on this"))
                .extracting(Processes.Ended::exitCode)
                .isEqualTo(1);
        assertThat(host.virtSound("guest-config", "local/nobody").errors()).contains("no local endpoint nobody");
    }

    @Test
    void loopbackIsForOldRecipesAndComesWithAWarning() {
        Processes.Ended added =
                host.virtSound("local", "add", "old", "--tcp", "127.0.0.1:4714", "--allow", "127.0.0.1");
        assertThat(added.errors()).contains("warning: every user of this machine");
        List<String> command = new ArrayList<>(host.namespace().prefix());
        command.addAll(List.of("env", "HOME=/nonexistent", "pactl", "--server=tcp:127.0.0.1:4714", "info"));
        assertThat(Processes.ended(command).output()).contains("Default Sink: virt-sound");
    }
}
