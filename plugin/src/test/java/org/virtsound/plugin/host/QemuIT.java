package org.virtsound.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.virtsound.audio.PrivatePulse;
import org.virtsound.audio.Stalls;
import org.virtsound.net.Namespace;

/**
 * The built daemon on the real qemu:///system and the real PulseAudio. The guest has no operating system, so its card is swapped for
 * a veth of the same name, MAC and address, by which a real client speaks for it.
 */
@Tag("alone")
class QemuIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String AUDIO = "<s:audio xmlns:s='urn:virt-sound:domain:1'/>";

    private final Host host = new Host();
    private SystemLibvirtd libvirtd;
    private PrivatePulse pulse;

    @BeforeEach
    void start() throws Exception {
        libvirtd = host.with(new SystemLibvirtd(host));
        pulse = host.with(PrivatePulse.started());
        host.configure("libvirt-uri = \"" + libvirtd.uri() + "\"", "host-server = \"unix:" + pulse.openSocket() + "\"");
        host.start();
    }

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    @Test
    void aGuestWithoutANicGetsOneWhileItRunsAndAnotherOneByHandIsServedToo() throws Exception {
        libvirtd.startGuest("bare", AUDIO);

        await().atMost(SOON).until(() -> host.show("bare").get("device") != null);
        assertThat(libvirtd.virsh("dumpxml", "bare")).contains("ua-virt-sound", "<source bridge='SOUND'/>");
        Map<String, Object> shown = host.show("bare");
        await().atMost(SOON).until(() -> host.rules().contains(String.valueOf(shown.get("mac"))));
        assertThat(shown).containsEntry("address", "10.47.13.2").containsEntry("problems", List.of());

        libvirtd.startGuest("byhand", "");
        libvirtd.virsh("attach-interface", "byhand", "bridge", "SOUND", "--live");
        await().atMost(Duration.ofSeconds(4))
                .until(() -> "10.47.13.3".equals(host.show("byhand").get("address")));
    }

    @Test
    void aDomainThatIsEnabledHasItsNicAtItsNextStartAndOneThatTakesNoneWhileItRunsSaysSo() throws Exception {
        libvirtd.define("later", "", "<acpi/>");
        for (int times = 1; times <= 2; times++) {
            Processes.Ended enabled = host.virtSound("enable", "later");
            assertThat(enabled.exitCode()).as(enabled.errors()).isZero();
        }
        assertThat(libvirtd.virsh("dumpxml", "--inactive", "later"))
                .contains("urn:virt-sound:domain:1")
                .containsOnlyOnce("<source bridge='SOUND'/>")
                .containsOnlyOnce("ua-virt-sound");
        libvirtd.virsh("start", "later");
        await().atMost(SOON).until(() -> host.show("later").get("device") != null);
        await().atMost(SOON).untilAsserted(() -> assertThat(host.show("later")).containsEntry("problems", List.of()));

        libvirtd.define("noacpi", AUDIO, "");
        libvirtd.virsh("start", "noacpi");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(host.show("noacpi").get("problems"))
                        .asString()
                        .contains("none can be plugged in while it runs", "hotplug", "virt-sound enable noacpi"));
        assertThat(host.virtSound("enable", "noacpi").exitCode()).isZero();
        libvirtd.virsh("destroy", "noacpi");
        libvirtd.virsh("start", "noacpi");
        await().atMost(SOON).untilAsserted(() -> assertThat(host.show("noacpi")).containsEntry("problems", List.of()));
        assertThat(host.show("noacpi").get("device")).isNotNull();
    }

    @Test
    void libvirtdIsKilledTwentyTimesWhileAGuestPlaysAndNobodyHearsIt() throws Exception {
        libvirtd.startGuest("singer", AUDIO);
        await().atMost(SOON).until(() -> host.show("singer").get("device") != null);
        Namespace guest = host.speaksFor("singer");
        Path tone = host.directory().resolve("tone.raw");
        Processes.run(List.of(
                "sox",
                "-q",
                "-n",
                "-t",
                "raw",
                "-r",
                "48000",
                "-e",
                "signed",
                "-b",
                "16",
                "-c",
                "2",
                tone.toString(),
                "synth",
                "240",
                "sine",
                "1000",
                "gain",
                "-6"));
        Stalls.apart(3, () -> killLibvirtdAndListen(guest, tone), () -> {});
    }

    private void killLibvirtdAndListen(Namespace guest, Path tone) throws Exception {
        Path card = host.directory().resolve("card.wav");
        long connects = connects();
        Process recorder = Processes.start(
                List.of(
                        "env",
                        "PULSE_SERVER=unix:" + pulse.openSocket(),
                        "parec",
                        "-d",
                        "card.monitor",
                        "--rate=48000",
                        "--format=s16le",
                        "--channels=2",
                        "--file-format=wav",
                        card.toString()),
                host.directory().resolve("parec.log"));
        host.with(() -> Processes.end(recorder));
        List<String> pacat = new ArrayList<>(guest.prefix());
        pacat.addAll(PrivatePulse.REAL_TIME);
        pacat.addAll(List.of(
                "env",
                "HOME=" + host.directory(),
                "PULSE_SERVER=tcp:10.47.13.1:4713",
                "pacat",
                "--raw",
                "--rate=48000",
                "--format=s16le",
                "--channels=2",
                "--latency-msec=200",
                tone.toString()));
        Process player = Processes.start(pacat, host.directory().resolve("pacat.log"));
        host.with(() -> Processes.end(player));
        await().atMost(SOON).until(() -> "playing".equals(host.show("singer").get("state")));
        assertThat(pulse.pactl("list", "sink-inputs")).contains("application.name = \"singer\"");

        for (int i = 1; i <= 20; i++) {
            libvirtd.kill();
            libvirtd.start();
            long times = connects + i;
            await().atMost(SOON).until(() -> connects() == times);
            assertThat(host.show("singer")).as("after %d times", i).containsEntry("state", "playing");
        }
        assertThat(host.daemon().isAlive()).isTrue();
        Processes.end(player);
        await().atMost(SOON).until(() -> !"playing".equals(host.show("singer").get("state")));
        Processes.end(recorder);

        Processes.Ended heard = Host.heard(card);
        assertThat(heard.exitCode()).as(heard.toString()).isZero();
        assertThat(host.logged()).doesNotContain("references left after close");
        System.out.println("20 times killed: " + heard.output().trim());
    }

    private long connects() {
        return host.logged()
                .lines()
                .filter(line -> line.contains("connected to "))
                .count();
    }
}
