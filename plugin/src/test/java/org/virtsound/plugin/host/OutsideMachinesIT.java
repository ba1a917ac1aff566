package org.virtsound.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virtsound.audio.PrivatePulse;
import org.virtsound.net.Namespace;

/** The built daemon, and machines at a switch behind a real device that is its uplink. */
class OutsideMachinesIT {
    private static final Duration SOON = Duration.ofSeconds(10);
    /**
     * The network is looked at for a tenth of the time at most, which is every few seconds on a slow machine; a pass over all guests
     * comes every 30 s, so that it cannot be what puts three things back.
     */
    private static final Duration PUT_BACK = Duration.ofSeconds(15);

    private static final String DESK = "52:54:00:47:13:05";
    private static final String TV = "52:54:00:47:13:06";
    private static final String STRANGER = "52:54:00:47:13:04";

    private final Host host = new Host();
    private final Namespace lan = host.namespace().guest("eth1", "", "52:54:00:47:13:99", "");
    private PrivatePulse pulse;
    private Namespace desk;
    private Namespace tv;
    private Namespace stranger;

    @BeforeEach
    void start() throws Exception {
        lan.run("ip", "link", "add", "switch", "type", "bridge");
        lan.run("ip", "link", "set", "switch", "up");
        lan.run("ip", "link", "set", "eth0", "master", "switch");
        desk = lan.guest("p1", "switch", DESK, "10.47.13.5/29");
        tv = lan.guest("p2", "switch", TV, "10.47.13.6/29");
        stranger = lan.guest("p3", "switch", STRANGER, "10.47.13.4/29");
        pulse = host.with(PrivatePulse.started());
        host.configure(
                        "libvirt-uri = \"test:///default\"",
                        "host-server = \"unix:" + pulse.openSocket() + "\"",
                        "network.uplink = eth1",
                        "machine { desk { mac = \"" + DESK + "\", address = \"10.47.13.5\", mic = off }",
                        "          tv { mac = \"" + TV + "\", address = \"10.47.13.6\" } }")
                .start();
        await().atMost(SOON).until(() -> host.rules().contains(TV));
    }

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    @Test
    void eachIsAGuestUnderItsOwnNameAndRulesAndNobodyElseIsLetIn() throws Exception {
        assertThat(host.logged()).contains("warning network.uplink: eth1", "machine/desk, machine/tv");
        assertThat(pactl(desk, "info").output()).contains("Default Sink: virt-sound");
        assertThat(pactl(stranger, "info").exitCode()).isNotZero();
        assertThat(host.virtSound("net", "status").output()).contains("all is as it should be");
        assertThat(host.virtSound("list").output()).contains("machine/desk", "machine/tv", "10.47.13.6");

        Process player = Processes.start(
                client(tv, "pacat", "--raw", "/dev/urandom"), host.directory().resolve("pacat.log"));
        host.with(() -> Processes.end(player));
        await().atMost(SOON).until(() -> pulse.pactl("list", "sink-inputs").contains("application.name = \"tv\""));
        assertThat(pulse.pactl("list", "sink-inputs")).doesNotContain("application.name = \"desk\"");

        assertThat(host.virtSound("volume", "machine/tv", "40%").exitCode()).isZero();
        await().atMost(SOON).until(() -> pulse.pactl("list", "sink-inputs").contains("40%"));
        assertThat(machine("tv").get("address")).isEqualTo("10.47.13.6");
        assertThat(host.virtSound("mic", "grant", "machine/tv").exitCode()).isZero();
        assertThat(host.virtSound("mic", "grant", "machine/desk").errors()).contains("off");
        assertThat(host.virtSound("disable", "machine/tv").errors()).contains("written in the service's configuration");

        // A card that nobody has told of is locked as it joins.
        long joinedNs = System.nanoTime();
        host.namespace().guest("stray0", "SOUND", "52:54:00:47:13:07", "10.47.13.3/29");
        await().pollInterval(Duration.ofMillis(2))
                .atMost(SOON)
                .until(() -> host.namespace()
                        .run("bridge", "-j", "-d", "link", "show", "dev", "stray0")
                        .contains("\"locked\":true"));
        System.out.printf("a stray port is locked within %.0f ms%n", (System.nanoTime() - joinedNs) / 1e6);

        desk.run("ip", "addr", "flush", "dev", "eth0");
        desk.run("ip", "addr", "add", "10.47.13.6/29", "dev", "eth0");
        desk.run("ip", "neigh", "replace", "10.47.13.1", "lladdr", "02:76:0a:2f:0d:01", "dev", "eth0");
        assertThat(pactl(desk, "info").exitCode())
                .as("under the other's address")
                .isNotZero();
        assertThat(host.virtSound("net", "status").output())
                .containsPattern("dropped: [1-9][0-9]* under a wrong address");
        assertThat(machine("tv")).containsEntry("state", "playing").containsEntry("problems", List.of());
    }

    @Test
    void whatSomebodyTakesAwayIsPutBackBeforeTheNextPassOverAllGuests() {
        for (String wipe : List.of("iptables -F", "ip addr flush dev SOUND", "nft flush ruleset")) {
            long fromNanos = System.nanoTime();
            host.namespace().run(wipe.split(" "));
            await(wipe).pollInterval(Duration.ofMillis(50)).atMost(PUT_BACK).until(this::isWhole);
            System.out.printf("%s: put back within %.1f s%n", wipe, (System.nanoTime() - fromNanos) / 1e9);
        }
    }

    private boolean isWhole() {
        return host.rules().contains(TV)
                && host.namespace().run("ip", "addr", "show", "dev", "SOUND").contains("10.47.13.1/29");
    }

    private Map<String, Object> machine(String name) {
        return host.show("machine%2F" + name);
    }

    private static Processes.Ended pactl(Namespace machine, String... words) {
        List<String> command = new ArrayList<>(List.of("timeout", "2", "pactl"));
        command.addAll(List.of(words));
        return Processes.ended(client(machine, command.toArray(String[]::new)));
    }

    private static List<String> client(Namespace machine, String... words) {
        List<String> command = new ArrayList<>(machine.prefix());
        command.addAll(List.of("env", "HOME=/nonexistent", "PULSE_SERVER=tcp:10.47.13.1:4713"));
        command.addAll(List.of(words));
        return command;
    }
}
