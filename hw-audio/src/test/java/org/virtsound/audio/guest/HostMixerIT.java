package org.virtsound.audio.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtsound.audio.Client;
import org.virtsound.audio.PrivatePulse;
import org.virtsound.audio.RelayHarness;
import org.virtsound.audio.relay.CapturePolicy;
import org.virtsound.audio.relay.GuestPolicy;
import org.virtsound.audio.relay.RelayEvent;

/** What the host's mixer shows of guests, and remembers: a real PulseAudio that keeps volumes. */
class HostMixerIT {
    @TempDir
    Path files;

    private PrivatePulse pulse;
    private RelayHarness harness;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(PrivatePulse.installed(), "needs pulseaudio, pulseaudio-utils and setpriv");
        pulse = PrivatePulse.started(
                "module-null-sink sink_name=usb rate=48000",
                "module-null-sink sink_name=mic rate=48000",
                "module-stream-restore restore_device=false");
        pulse.pactl("set-default-sink", "card");
        harness = RelayHarness.over(pulse);
    }

    @AfterEach
    void stop() throws IOException {
        if (harness != null) {
            harness.close();
        }
        if (pulse != null) {
            pulse.close();
        }
    }

    private static GuestPolicy policy(@Nullable String sink, @Nullable Integer volumePercent, @Nullable Boolean mute) {
        return new GuestPolicy(true, sink, volumePercent, mute, CapturePolicy.ASK, null, null, null, null);
    }

    /** A player that says of itself what would make PulseAudio remember one volume for all of its kind. */
    private Client music(RelayHarness.Guest guest) {
        return Client.start(
                guest.server(),
                "pacat",
                "--raw",
                "--rate=48000",
                "--property=media.role=music",
                "--property=module-stream-restore.id=sink-input-by-media-role:music",
                "--property=filter.want=echo-cancel",
                "/dev/zero");
    }

    /** @return what the mixer shows of the guest's stream; null while there is none */
    private @Nullable String shown(String guest) throws IOException {
        for (String input : pulse.pactl("list", "sink-inputs").split("Sink Input #")) {
            if (input.contains("application.name = \"" + guest + "\"")) {
                return input;
            }
        }
        return null;
    }

    private String awaitShown(String guest) {
        return await().until(() -> shown(guest), shown -> shown != null);
    }

    private static int percent(String shown) {
        Matcher volume = Pattern.compile("Volume: front-left: \\d+ / +(\\d+)%").matcher(shown);
        assertThat(volume.find()).as(shown).isTrue();
        return Integer.parseInt(volume.group(1));
    }

    private static String number(String shown) {
        return shown.lines().findFirst().orElseThrow().strip();
    }

    @Test
    void twoGuestsKeepTwoVolumesAcrossARestartOfTheHostsServer() throws IOException {
        RelayHarness.Guest alpha = harness.guest("alpha");
        RelayHarness.Guest beta = harness.guest("beta");
        try (Client one = music(alpha);
                Client two = music(beta)) {
            pulse.pactl("set-sink-input-volume", number(awaitShown("alpha")), "30%");
            pulse.pactl("set-sink-input-volume", number(awaitShown("beta")), "70%");
        }
        await().until(() -> shown("alpha") == null && shown("beta") == null);
        // What it remembers is written when it ends in peace.
        pulse.signal("TERM");
        await().until(() -> !Files.exists(pulse.openSocket()) || !isUp());
        pulse.start();

        try (Client one = music(alpha);
                Client two = music(beta)) {
            assertThat(percent(awaitShown("alpha"))).isEqualTo(30);
            assertThat(percent(awaitShown("beta"))).isEqualTo(70);
            assertThat(awaitShown("alpha"))
                    .contains("module-stream-restore.id = \"sink-input-by-application-id:org.virtsound.")
                    .doesNotContain("media.role", "filter.");
        }
    }

    private boolean isUp() {
        return ProcessHandle.of(pulse.pid()).map(ProcessHandle::isAlive).orElse(false);
    }

    @Test
    void aVolumeThatNobodySetIsNotTouchedAndOneThatTheOwnerSetIsHeld() throws IOException {
        RelayHarness.Guest alpha = harness.guest("alpha");
        try (Client player = music(alpha)) {
            pulse.pactl("set-sink-input-volume", number(awaitShown("alpha")), "42%");
            alpha.relay().update(policy(null, null, null)).join();
            assertThat(percent(awaitShown("alpha"))).isEqualTo(42);

            alpha.relay().update(policy(null, 80, null)).join();
            await().until(() -> percent(awaitShown("alpha")) == 80);
            alpha.relay().update(policy(null, 80, true)).join();
            await().until(() -> awaitShown("alpha").contains("Mute: yes"));
            assertThat(percent(awaitShown("alpha"))).as("mute is not volume 0").isEqualTo(80);
            alpha.relay().update(policy(null, 80, false)).join();
            await().until(() -> awaitShown("alpha").contains("Mute: no"));
        }
    }

    @Test
    void aStreamOfAGuestWithAVolumeStartsWithIt() {
        RelayHarness.Guest alpha = harness.guest("alpha", policy(null, 55, true));
        try (Client player = music(alpha)) {
            assertThat(percent(awaitShown("alpha"))).isEqualTo(55);
            assertThat(awaitShown("alpha")).contains("Mute: yes");
        }
    }

    @Test
    void theOwnerMovesAGuestToAnotherSinkAndBack() throws IOException {
        RelayHarness.Guest alpha = harness.guest("alpha");
        try (Client player = music(alpha)) {
            String card = sink(awaitShown("alpha"));
            alpha.relay().update(policy("usb", null, null)).join();
            await().until(() -> !sink(awaitShown("alpha")).equals(card));
            alpha.relay().update(policy(null, null, null)).join();
            await().until(() -> sink(awaitShown("alpha")).equals(card));
            assertThat(player.isAlive()).isTrue();
        }
    }

    private static String sink(String shown) {
        return shown.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("Sink: "))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aGuestThatMayNoLongerPlayGoesOnInSilence() throws IOException {
        RelayHarness.Guest alpha = harness.guest("alpha");
        GuestPolicy silent = new GuestPolicy(false, null, null, null, CapturePolicy.ASK, null, null, null, null);
        try (Client player = music(alpha)) {
            awaitShown("alpha");
            alpha.relay().update(silent).join();
            await().until(() -> shown("alpha") == null);
            long played = alpha.status().playedBytes();
            await().until(() -> alpha.status().playedBytes() > played + 96_000);
            alpha.relay().update(policy(null, null, null)).join();
            awaitShown("alpha");
            assertThat(player.isAlive()).isTrue();
            assertThat(player.output()).isEmpty();
        }
    }

    @Test
    void whatAProgramLeavesToTheServerIsTheTargetAndNothingPassesTheMaximum() throws Exception {
        GuestPolicy policy = new GuestPolicy(true, null, null, null, CapturePolicy.ASK, null, null, 60, 120);
        RelayHarness.Guest alpha = harness.guest("alpha", policy);
        try (Client player = music(alpha)) {
            await().until(() -> latencyMs(alpha) > 0 && latencyMs(alpha) <= 65);
            long before = underflows(alpha);
            // As a paused guest: what it holds when it goes on is not played late.
            new ProcessBuilder("kill", "-STOP", Long.toString(player.process().pid()))
                    .start()
                    .waitFor();
            await().until(() -> underflows(alpha) > before);
            await().pollDelay(java.time.Duration.ofSeconds(1)).until(() -> true);
            new ProcessBuilder("kill", "-CONT", Long.toString(player.process().pid()))
                    .start()
                    .waitFor();
            long played = alpha.status().playedBytes();
            await().until(() -> alpha.status().playedBytes() > played + 48_000 * 4);
            await().during(java.time.Duration.ofMillis(300)).until(() -> latencyMs(alpha) <= 65);
        }
        try (Client player =
                Client.start(alpha.server(), "pacat", "--raw", "--rate=48000", "--latency-msec=2000", "/dev/zero")) {
            await().until(() -> alpha.status().streams().stream().anyMatch(stream -> stream.bytes() > 48_000 * 4));
            await().during(java.time.Duration.ofMillis(300))
                    .until(() -> latencyMs(alpha) > 65 && latencyMs(alpha) <= 125);
            assertThat(player.isAlive()).isTrue();
        }
        assertThat(harness.events)
                .filteredOn(event -> event instanceof RelayEvent.LatencyMeasured measured && measured.latencyUs() > 0)
                .hasSizeBetween(2, 6);
    }

    private static long underflows(RelayHarness.Guest guest) {
        return guest.status().streams().get(0).underflows();
    }

    private static long latencyMs(RelayHarness.Guest guest) {
        return guest.status().streams().stream()
                .mapToLong(stream -> stream.latencyUs() / 1000)
                .max()
                .orElse(-1);
    }

    @Test
    void theHostListensOnlyWhileTheMicrophoneIsGrantedAndWhereTheOwnerSaid() throws IOException {
        GuestPolicy ask = new GuestPolicy(true, null, null, null, CapturePolicy.ASK, "mic.monitor", 60, null, null);
        RelayHarness.Guest alpha = harness.guest("alpha", ask);
        try (Client recorder = Client.start(alpha.server(), "parec", "--raw", "--latency-msec=50")) {
            await().until(() -> alpha.status().recordedBytes() > 50_000);
            assertThat(pulse.pactl("list", "short", "source-outputs")).isBlank();
            alpha.relay().micGrant("ann", null).join();
            String shown = await().until(() -> pulse.pactl("list", "source-outputs"), list -> list.contains("alpha"));
            assertThat(percent(shown)).isEqualTo(60);
            assertThat(shown).contains("application.name = \"alpha\"");
            long revokedNs = System.nanoTime();
            alpha.relay().micRevoke("ann").join();
            await().pollInterval(java.time.Duration.ofMillis(5))
                    .until(() -> pulse.pactl("list", "short", "source-outputs").isBlank());
            System.out.printf(
                    "host's record stream gone %d ms after the revoke%n", (System.nanoTime() - revokedNs) / 1_000_000);
        }
    }
}
