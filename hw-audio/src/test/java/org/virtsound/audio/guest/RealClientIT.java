package org.virtsound.audio.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtsound.audio.Client;
import org.virtsound.audio.FakeHost;
import org.virtsound.audio.RelayHarness;
import org.virtsound.audio.relay.RelayEvent;

/** pulseaudio-utils as the guest, a host without a clock: what the clients see. */
class RealClientIT {
    @TempDir
    Path files;

    private FakeHost host;
    private RelayHarness harness;
    private RelayHarness.Guest guest;

    @BeforeEach
    void start() {
        harness = new RelayHarness(loop -> host = new FakeHost(loop.eventLoop()));
        guest = harness.guest("alpha");
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    @Test
    void everySampleThatPacatPlaysReachesTheHostInOrder() throws IOException {
        byte[] pcm = new byte[192_000];
        new Random(1).nextBytes(pcm);
        Path file = Files.write(files.resolve("noise.raw"), pcm);

        Client.run(guest.server(), 0, "pacat", "--raw", "--rate=48000", "--latency-msec=20", file.toString());

        FakeHost.FakePlayback stream = (FakeHost.FakePlayback) host.streams().get(0);
        assertThat(stream.heardBytes()).isEqualTo(pcm);
        assertThat(stream.request.spec().rateHz()).isEqualTo(48_000);
        assertThat(stream.asked).contains("drain");
        assertThat(guest.status().playedBytes()).isEqualTo(pcm.length);
        await().until(() -> guest.status().streams().isEmpty());
        assertThat(harness.events).anyMatch(e -> e instanceof RelayEvent.StreamStarted started && started.playback());
    }

    @Test
    void pactlSeesOneSinkOneSourceAndItself() {
        assertThat(Client.run(guest.server(), 0, "pactl", "info"))
                .contains("Default Sink: virt-sound", "Default Source: virt-sound.microphone");
        assertThat(Client.run(guest.server(), 0, "pactl", "list", "short"))
                .contains("virt-sound")
                .doesNotContain("module-");
    }

    @Test
    void pactlCanDoNothingToTheHost() {
        String[][] attempts = {
            {"load-module", "module-null-sink"},
            {"unload-module", "1"},
            {"set-sink-volume", "virt-sound", "10%"},
            {"set-default-sink", "virt-sound"},
            {"move-sink-input", "1", "virt-sound"},
            {"suspend-sink", "virt-sound", "1"},
            {"play-sample", "x"},
            {"set-card-profile", "0", "off"}
        };
        for (String[] attempt : attempts) {
            String[] command = new String[attempt.length + 1];
            command[0] = "pactl";
            System.arraycopy(attempt, 0, command, 1, attempt.length);
            assertThat(Client.run(guest.server(), 1, command)).contains("Access denied");
        }
        assertThat(host.streams()).isEmpty();
        assertThat(guest.status().refusedCommands()).isEqualTo(attempts.length);
    }
}
