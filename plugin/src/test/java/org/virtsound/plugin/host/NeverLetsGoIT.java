package org.virtsound.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.virtsound.audio.PrivatePulse;
import org.virtsound.net.Namespace;

/**
 * One tone from a guest of qemu:///system, while everything around it dies and comes back: the host's sound server, its default
 * sink, the user, libvirtd, the bridge, the guest itself.
 */
@Tag("alone")
class NeverLetsGoIT {
    private static final int KILLS = Boolean.getBoolean("virtsound.full") ? 50 : 10;
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final double HEARD = 0.3;
    /** As long as a music player's: an outage of the network of less is not heard, and stops no clock. */
    private static final int BUFFER_MS = 2000;

    private static final String AUDIO =
            "<s:audio xmlns:s='urn:virt-sound:domain:1'><s:latency max='4000ms'/></s:audio>";

    private final Host host = new Host();
    private final List<Long> recoveriesMs = new ArrayList<>();
    private final List<Long> movesMs = new ArrayList<>();
    private SystemLibvirtd libvirtd;
    private FakeSeat seat;
    private PrivatePulse annas;
    private PrivatePulse bens;
    /** Who is heard now. */
    private PrivatePulse pulse;

    @BeforeEach
    void start() throws Exception {
        libvirtd = host.with(new SystemLibvirtd(host));
        annas = host.with(PrivatePulse.started());
        bens = host.with(PrivatePulse.started());
        seat = new FakeSeat(host.directory(), Map.of(1000, annas, 1001, bens));
        seat.logIn("anna", 1000);
        pulse = annas;
        host.configure("libvirt-uri = \"" + libvirtd.uri() + "\"")
                .within(seat.prefix())
                .start();
    }

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    @Test
    void oneToneOutlivesAllAroundItAndTheGuestsClockGoesOn() throws Exception {
        libvirtd.startGuest("singer", AUDIO);
        await().atMost(SOON).until(() -> host.show("singer").get("device") != null);
        Namespace guest = host.speaksFor("singer");
        GuestPlayer player = host.with(new GuestPlayer(guest, host.directory(), BUFFER_MS));
        heard();
        GuestPlayer.Clock before = player.clock();

        for (int kill = 0; kill < KILLS; kill++) {
            pulse.kill();
            long until = System.nanoTime()
                    + Duration.ofMillis(200 + kill * 613L % 1300).toNanos();
            switch (kill % 10) {
                case 1 -> restartLibvirtd(1 + kill / 10);
                case 3 -> pauseGuest(player);
                case 5 -> restartBridge();
                default -> {}
            }
            await().atMost(SOON).until(() -> System.nanoTime() > until);
            pulse.start();
            recoveriesMs.add(heard());
            switch (kill % 10) {
                case 2 -> changeDefaultSink();
                case 4, 8 -> changeUser();
                case 6 -> useAndTakeBack();
                default -> {}
            }
            assertThat(player.isAlive()).as(player.said()).isTrue();
        }

        GuestPlayer.Clock after = player.clock();
        double drift = after.drift(before);
        System.out.printf(
                "%d kills: heard again after p50 %d ms, p95 %d ms, max %d ms; %d moves: max %d ms (a recorder's start included);"
                        + " the guest's clock %+.3f %% over %.1f s, %d underruns%n",
                KILLS,
                percentile(50),
                percentile(95),
                percentile(100),
                movesMs.size(),
                Collections.max(movesMs),
                drift * 100,
                after.clientS() - before.clientS(),
                player.said().split("Stream underrun", -1).length - 1);
        assertThat(player.said()).doesNotContainIgnoringCase("fail").doesNotContainIgnoringCase("error");
        assertThat(drift).isCloseTo(0, within(0.01));
        assertThat(percentile(95)).isLessThan(1000);
        assertThat(player.latencyMs()).as("ms, no more than it asked for").isLessThan(BUFFER_MS + 100);
        Map<String, Object> shown = host.show("singer");
        assertThat(shown).containsEntry("state", "playing").containsEntry("problems", List.of());
        player.close();
        System.out.println("saved and restored: served " + saveAndRestore() + " ms after the start");
        assertThat(host.daemon().isAlive()).isTrue();
    }

    /** What it had connected is gone with its old run: its client connects anew. */
    private long saveAndRestore() {
        String device = String.valueOf(host.show("singer").get("device"));
        String file = host.directory().resolve("singer.save").toString();
        libvirtd.virsh("save", "singer", file);
        host.namespace().run("ip", "link", "delete", device);
        await().atMost(SOON).until(() -> host.show("singer").isEmpty());
        libvirtd.virsh("restore", file);
        long fromNanos = System.nanoTime();
        await().pollInterval(Duration.ofMillis(10))
                .atMost(SOON)
                .until(() -> host.show("singer").containsKey("device"));
        host.speaksFor("singer");
        return Duration.ofNanos(System.nanoTime() - fromNanos).toMillis();
    }

    private void restartLibvirtd(int times) throws IOException {
        libvirtd.kill();
        libvirtd.start();
        await().atMost(SOON)
                .until(() -> host.logged()
                                .lines()
                                .filter(line -> line.contains("connected to "))
                                .count()
                        == 1 + times);
    }

    private void pauseGuest(GuestPlayer player) {
        libvirtd.virsh("suspend", "singer");
        player.signal("STOP");
        await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
        libvirtd.virsh("resume", "singer");
        player.signal("CONT");
    }

    private void restartBridge() {
        host.namespace().run("ip", "link", "delete", "SOUND");
        await().atMost(SOON)
                .ignoreExceptions()
                .until(() -> host.namespace().run("bridge", "link").contains("master SOUND"));
    }

    /** And back, by taking the new one away. */
    private void changeDefaultSink() throws IOException {
        String module = pulse.pactl("load-module", "module-null-sink", "sink_name=usb", "rate=48000", "norewinds=1")
                .strip();
        pulse.pactl("set-default-sink", "usb");
        await().atMost(SOON)
                .until(() -> pulse.pactl("list", "short", "sinks")
                        .lines()
                        .anyMatch(sink -> sink.contains("usb") && sink.endsWith("RUNNING")));
        pulse.pactl("unload-module", module);
        movesMs.add(heard());
    }

    private void changeUser() throws IOException {
        boolean anna = pulse == annas;
        seat.logOut();
        await().atMost(SOON).until(() -> "silence".equals(host.ask("/host").get("inUse")));
        pulse = anna ? bens : annas;
        seat.logIn(anna ? "ben" : "anna", anna ? 1001 : 1000);
        movesMs.add(heard());
    }

    private void useAndTakeBack() throws IOException {
        PrivatePulse sits = pulse;
        pulse = sits == annas ? bens : annas;
        assertThat(host.virtSound("host", "use", "unix:" + pulse.openSocket()).output())
                .contains("root (uid 0) said so");
        movesMs.add(heard());
        pulse = sits;
        assertThat(host.virtSound("host", "use", "auto").output()).contains("active at seat0");
        movesMs.add(heard());
    }

    /** @return how long it took until the tone is heard where it should be; ms */
    private long heard() throws IOException {
        long fromNanos = System.nanoTime();
        try (PrivatePulse.Recording recording = pulse.record()) {
            await("the tone").pollInterval(Duration.ofMillis(5)).atMost(SOON).until(() -> recording.hears(1000, HEARD));
        }
        return Duration.ofNanos(System.nanoTime() - fromNanos).toMillis();
    }

    private long percentile(int percent) {
        List<Long> sorted = recoveriesMs.stream().sorted().toList();
        return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
    }
}
