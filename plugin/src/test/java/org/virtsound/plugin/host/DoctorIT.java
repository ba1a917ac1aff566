package org.virtsound.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virtsound.audio.PrivatePulse;
import org.virtsound.net.Namespace;

/** {@code virt-sound doctor} on real parts, each broken in turn: it names what was broken, and what it names mends it. */
class DoctorIT {
    private static final Duration SOON = Duration.ofSeconds(10);
    /** Opens a connection to the guests' port and closes it. */
    private static final String KNOCK = "timeout 1 bash -c 'exec 3<>/dev/tcp/10.47.13.1/4713'";

    private final Host host = new Host();
    private final DomainFile guest = DomainFile.guest(2);
    private SessionLibvirtd libvirtd;
    private PrivatePulse pulse;

    @BeforeEach
    void startLibvirtd() throws Exception {
        libvirtd = host.with(new SessionLibvirtd(host.directory()));
        pulse = host.with(PrivatePulse.started());
        host.configure("libvirt-uri = \"" + libvirtd.uri() + "\"", "host-server = \"unix:" + pulse.openSocket() + "\"");
    }

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    @Test
    void withoutADaemonThatIsTheFirstBrokenLinkAndTheNetworkIsLookedAt() throws Exception {
        assertThat(host.virtSound("net", "up").exitCode()).isZero();
        Processes.Ended ended = host.virtSound("doctor");

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.output())
                .contains("first broken link: daemon", "systemctl start virtsoundd")
                .containsPattern("ok +network +bridge SOUND")
                .containsPattern("ok +other firewalls");

        Files.writeString(host.config(), "hots-server = silence\n");
        assertThat(host.virtSound("doctor").output()).contains("first broken link: configuration", "host-server");
    }

    @Test
    void fromTheDomainToTheCardEachBrokenLinkIsNamed() throws Exception {
        host.start();
        DomainFile plain = guest.withoutAudio();
        Path xml = plain.write(host.directory());
        Files.writeString(xml, Files.readString(xml).replaceAll("<interface.*</interface>", ""));
        libvirtd.start(xml, guest.name());
        broken(guest.name(), "takes part", "virt-sound enable guest2");
        libvirtd.virsh("destroy", guest.name());

        DomainFile loud = guest.withAudio("<s:playback volume='loud'/>");
        libvirtd.start(loud.write(host.directory()), guest.name());
        await().atMost(SOON).until(() -> !host.show(guest.name()).isEmpty());
        broken(guest.name(), "metadata", " metadata guest2");
        libvirtd.virsh(
                "metadata", guest.name(), "urn:virt-sound:domain:1", "--key", "sound", "--live", "--set", "<audio/>");
        await().atMost(SOON).untilAsserted(() -> broken(guest.name(), "port", "virsh domiflist"));

        Namespace inside = host.namespace().guest(guest.device(), "SOUND", guest.mac(), "10.47.13.3/29");
        await().atMost(SOON).until(() -> host.rules().contains(guest.mac()));
        inside.run("sh", "-c", KNOCK + " || true");
        broken(guest.name(), "packets", "10.47.13.2/29");
        inside.run("ip", "addr", "flush", "dev", "eth0");
        inside.run("ip", "addr", "add", "10.47.13.2/29", "dev", "eth0");
        inside.run("sh", "-c", KNOCK);
        idle(guest.name(), "connection", "tcp:10.47.13.1:4713");

        host.namespace().run("nft", "add", "table", "inet", "mine");
        host.namespace()
                .run(
                        "nft",
                        "add",
                        "chain",
                        "inet",
                        "mine",
                        "in",
                        "{ type filter hook input priority 5; policy drop; }");
        assertThat(host.virtSound("doctor").output())
                .contains("first broken link: other firewalls", "nft insert rule inet mine in");
        host.namespace().run("nft", "delete", "table", "inet", "mine");
        libvirtd.kill();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(host.virtSound("doctor").output())
                        .contains("first broken link: libvirt", "systemctl start libvirtd"));
    }

    @Test
    void aGuestThatPlaysIsFollowedToItsSink() throws Exception {
        host.start();
        libvirtd.start(guest.write(host.directory()), guest.name());
        Namespace inside = host.namespace().guest(guest.device(), "SOUND", guest.mac(), "10.47.13.2/29");
        await().atMost(SOON).until(() -> host.rules().contains(guest.mac()));
        client(inside, "pacat", "--raw", "--volume=6554", "/dev/urandom");
        await().atMost(SOON)
                .until(() -> "playing".equals(host.show(guest.name()).get("state")));
        assertThat(host.virtSound("doctor", guest.name()))
                .satisfies(ended -> assertThat(ended.output()).contains("no link is broken"))
                .extracting(Processes.Ended::exitCode)
                .isEqualTo(0);

        assertThat(host.virtSound("top").output())
                .contains("host: pulseaudio ")
                .containsPattern("guest2 +plays +█+ +-?0\\.0 +[0-9]+ ms +[0-9]+ +ask +/dev/urandom");
        assertThat(onATerminal("top"))
                .startsWith("\u001b[?1049h")
                .contains("/dev/urandom", "\u001b[H")
                .endsWith("\u001b[?1049l");

        host.virtSound("mute", guest.name());
        await().atMost(SOON).untilAsserted(() -> broken(guest.name(), "volume", "virt-sound unmute guest2"));
        host.virtSound("unmute", guest.name());
        pulse.kill();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(host.virtSound("doctor").output())
                        .contains("BROKEN", "no server listens there", "to mend it:"));
    }

    /** What a terminal gets of a command that is ended by Ctrl-C after 3 s. */
    private String onATerminal(String word) throws Exception {
        Path typescript = host.directory().resolve("typescript");
        String dist = host.command();
        Processes.ended(List.of(
                "timeout",
                "10",
                "script",
                "-qec",
                "timeout --foreground -s INT 3 " + dist + " " + word + " --config " + host.config(),
                typescript.toString()));
        String text = Files.readString(typescript).replaceAll("(?s)\\AScript started[^\\n]*\\n", "");
        return text.replaceAll("(?s)\\s*Script done[^\\n]*\\n\\z", "").strip();
    }

    private void client(Namespace inside, String... words) throws Exception {
        List<String> command = new ArrayList<>(inside.prefix());
        command.addAll(List.of("env", "HOME=" + host.directory(), "PULSE_SERVER=tcp:10.47.13.1:4713"));
        command.addAll(List.of(words));
        Process client = Processes.start(command, host.directory().resolve("client.log"));
        host.with(() -> Processes.end(client));
    }

    private void broken(String domain, String link, String next) {
        Processes.Ended ended = host.virtSound("doctor", domain);
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.output()).contains("BROKEN", domain + "'s " + link + "\n", next);
    }

    private void idle(String domain, String link, String next) {
        Processes.Ended ended = host.virtSound("doctor", domain);
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.output()).doesNotContain("BROKEN").contains(domain + "'s " + link + "\n", next);
    }
}
