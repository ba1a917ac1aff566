package org.virtsound.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virtsound.audio.PrivatePulse;

/** The built daemon as its unit runs it, as a user of its own with a few powers, and a sound server in a directory that is its user's alone. */
class ServiceUserIT {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int SERVICE_UID = 5;
    private static final int PLAYERS_UID = 1;
    private static final String READ_SEARCH = "dac_read_search";
    /** As the unit's AmbientCapabilities= names them. */
    private static final List<String> POWERS = List.of("net_admin", "net_raw", "net_bind_service", READ_SEARCH);

    private static final String LIBVIRT = "libvirt-uri = \"test:///default\"";
    private static final int LISTENERS_GID = 7002;
    private static final String ACCOUNTS = "daemon:x:1:1::/:/bin/sh\nbin:x:2:2::/:/bin/sh\n";
    private static final String GROUPS = "wine tasters:x:7001:daemon,bin\nsound listeners:x:7002:daemon\n";
    private static final String ASK = "$s = IO::Socket::UNIX->new($ARGV[0]) or die qq($!\n);"
            + " print $s qq(GET / HTTP/1.1\\r\\nConnection: close\\r\\n\\r\\n); print scalar <$s>";

    private final Host host = new Host();
    private PrivatePulse annas;
    private FakeSeat seat;

    @BeforeEach
    void start() throws Exception {
        annas = host.with(PrivatePulse.started());
        Files.setPosixFilePermissions(annas.home(), PosixFilePermissions.fromString("rwx------"));
        seat = new FakeSeat(host.directory(), Map.of(1000, annas));
        seat.logIn("anna", 1000);
        Files.setAttribute(Files.createDirectory(host.directory().resolve("run")), "unix:uid", SERVICE_UID);
        host.configure(LIBVIRT);
        Files.writeString(host.directory().resolve("seat/passwd"), ACCOUNTS, StandardOpenOption.APPEND);
        Files.writeString(host.directory().resolve("group"), GROUPS);
    }

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    private void start(List<String> powers) throws Exception {
        String plus = powers.stream().map(power -> "+" + power).collect(Collectors.joining(","));
        startAs(
                "setpriv",
                "--reuid=" + SERVICE_UID,
                "--regid=" + SERVICE_UID,
                "--clear-groups",
                "--no-new-privs",
                "--inh-caps=-all," + plus,
                "--ambient-caps=-all," + plus,
                "--bounding-set=-all," + plus);
    }

    private void startAs(String... who) throws Exception {
        String tun = host.directory().resolve("tun").toString();
        Path dist = Path.of(host.command()).getParent().getParent();
        List<String> words = new ArrayList<>(seat.prefix());
        // udev opens the device to all; where there is no udev it may be root's. As installed, the daemon lies where
        // all may read.
        words.addAll(List.of(
                "sh",
                "-c",
                "mknod " + tun + " c 10 200 && chmod 666 " + tun + " && mount --bind " + tun
                        + " /dev/net/tun && mount --bind " + host.directory().resolve("group")
                        + " /etc/group && mkdir /run/dist && mount --bind " + dist + " /run/dist && for word; do"
                        + " case $word in " + dist + "/*) word=/run/dist${word#" + dist + "} ;; esac;"
                        + " set -- \"$@\" \"$word\"; shift; done && exec \"$@\"",
                "sh"));
        words.addAll(List.of(who));
        words.add("env");
        words.add("XTABLES_LOCKFILE=" + host.directory().resolve("run/xtables.lock"));
        host.within(words).start();
    }

    @Test
    void itFindsItsWayToTheUsersServerAndKnowsItsCookie() throws Exception {
        start(POWERS);
        assertThat(host.virtSound("host").output())
                .contains("anna (1000)", annas.socket().getFileName().toString());
        assertThat(host.virtSound("local", "add", "browser", "--uid", "1").errors())
                .contains("run: install -d -o");
        Path localDir = Files.createDirectory(host.directory().resolve("local.d"));
        Files.setAttribute(localDir, "unix:uid", SERVICE_UID);
        assertThat(host.virtSound("local", "add", "browser", "--uid", Integer.toString(PLAYERS_UID))
                        .errors())
                .isEmpty();

        Path tone = Heard.tone(host.directory().resolve("tone.wav"), 60);
        List<String> play =
                new ArrayList<>(Processes.clientOf(PLAYERS_UID, host.directory().resolve("run/local/browser/native")));
        play.addAll(List.of("paplay", tone.toString()));
        Process player = Processes.start(play, host.directory().resolve("paplay.log"));
        host.with(() -> Processes.end(player));
        try (PrivatePulse.Recording recording = annas.record()) {
            await("the tone").atMost(SOON).until(() -> recording.hears(1000, 0.2));
        }
        assertThat(annas.pactl("list", "clients")).contains("\"browser\"");

        Files.setAttribute(localDir, "unix:uid", 0);
        assertThat(host.virtSound("local", "remove", "browser").errors()).contains("would come back", "install -d -o");
        assertThat(host.virtSound("list").output()).contains("local/browser");
        assertThat(player.isAlive()).isTrue();
    }

    @Test
    void aMemberOfAGroupMayAskWhateverHisGroupsAreCalled() throws Exception {
        host.configure(LIBVIRT, "control { group = \"sound listeners\" }");
        startAs("env");

        assertThat(asks(1, "--groups=" + LISTENERS_GID)).as(host.logged()).startsWith("HTTP/1.1 200");
        assertThat(asks(2, "--groups=" + LISTENERS_GID)).isEmpty();
        assertThat(asks(2, "--clear-groups")).isEqualTo("Permission denied");
    }

    @Test
    void itLetsMembersOfAGroupAskThatItMayNotGiveTheSocketTo() throws Exception {
        host.configure(LIBVIRT, "control { group = \"sound listeners\" }");
        start(POWERS);

        assertThat(asks(1, "--groups=" + LISTENERS_GID)).as(host.logged()).startsWith("HTTP/1.1 200");
        assertThat(asks(2, "--clear-groups")).isEmpty();
        assertThat(host.logged()).contains("cannot be given to gid " + LISTENERS_GID, "uid 2 is not in the group");
    }

    /** The first line of the control socket's answer, or why there is none. */
    private String asks(int uid, String groups) {
        Processes.Ended asked = Processes.ended(List.of(
                "setpriv",
                "--reuid=" + uid,
                "--regid=" + uid,
                groups,
                "perl",
                "-MIO::Socket::UNIX",
                "-e",
                ASK,
                host.directory().resolve("run/control").toString()));
        return (asked.output() + asked.errors()).trim();
    }

    @Test
    void withoutTheRightToPassItSaysWhatIsMissing() throws Exception {
        start(POWERS.stream().filter(power -> !power.equals(READ_SEARCH)).toList());
        assertThat(host.virtSound("host").output())
                .as(host.logged())
                .contains("permission denied", "CAP_DAC_READ_SEARCH");
        assertThat(Stream.of(host.logged().split("\n")).filter(line -> line.contains("CAP_DAC_READ_SEARCH")))
                .hasSize(1);
    }
}
