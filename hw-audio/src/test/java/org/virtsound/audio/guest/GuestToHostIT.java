package org.virtsound.audio.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtsound.audio.Client;
import org.virtsound.audio.PrivatePulse;
import org.virtsound.audio.RelayHarness;
import org.virtsound.audio.Tone;

/** Real clients as guests, a real PulseAudio as the host, and what its card has heard. */
class GuestToHostIT {
    private static final double HEARD = 0.3;

    @TempDir
    Path files;

    private PrivatePulse pulse;
    private RelayHarness harness;
    private RelayHarness.Guest alpha;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(PrivatePulse.installed(), "needs pulseaudio, pulseaudio-utils and setpriv");
        pulse = PrivatePulse.started("module-null-sink sink_name=mic rate=48000");
        pulse.pactl("set-default-sink", "card");
        pulse.pactl("set-default-source", "mic.monitor");
        harness = RelayHarness.over(pulse);
        alpha = harness.guest("alpha");
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

    /** s16 stereo at 48 kHz. */
    private Path tone(double hz, int ms) throws IOException {
        ByteBuffer pcm = ByteBuffer.allocate(ms * 192).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < ms * 48; i++) {
            short sample = (short) (16_000 * Math.sin(2 * Math.PI * hz * i / 48_000));
            pcm.putShort(sample).putShort(sample);
        }
        return Files.write(files.resolve("tone-" + (int) hz + "-" + ms + ".raw"), pcm.array());
    }

    private Client pacat(RelayHarness.Guest guest, double hz, int ms) throws IOException {
        return Client.start(
                guest.server(),
                "pacat",
                "--raw",
                "--rate=48000",
                "--latency-msec=400",
                tone(hz, ms).toString());
    }

    @Test
    void aGuestsToneIsHeardWithoutAGapUnderItsName() throws IOException {
        try (PrivatePulse.Recording card = pulse.record();
                Client pacat = pacat(alpha, 1000, 2000)) {
            await().until(() -> pulse.pactl("list", "sink-inputs").contains("alpha: "));
            String shown = pulse.pactl("list", "sink-inputs");
            assertThat(shown).contains("application.name = \"alpha\"").doesNotContain("media.role");
            assertThat(pacat.exitCode(10)).isZero();

            Tone heard = card.heard();
            assertThat(heard.level(1000)).isGreaterThan(0.1);
            assertThat(heard.gapsMs(1000, HEARD)).isEmpty();
        }
        await().until(() -> !pulse.pactl("list", "short", "sink-inputs").contains("\t"));
    }

    @Test
    void twoGuestsAreHeardAtOnce() throws IOException {
        RelayHarness.Guest beta = harness.guest("beta");
        try (PrivatePulse.Recording card = pulse.record();
                Client one = pacat(alpha, 1000, 2000);
                Client two = pacat(beta, 2500, 2000)) {
            assertThat(one.exitCode(10)).isZero();
            assertThat(two.exitCode(10)).isZero();

            Tone heard = card.heard();
            long start = Math.max(heard.startMs(1000, HEARD), heard.startMs(2500, HEARD));
            Tone both = heard.part(start + 200, start + 1200);
            assertThat(both.level(1000)).isGreaterThan(0.2);
            assertThat(both.level(2500)).isGreaterThan(0.2);
            assertThat(alpha.status().playedBytes()).isEqualTo(384_000);
            assertThat(beta.status().playedBytes()).isEqualTo(384_000);
        }
    }

    @Test
    void aClientThatWantsNoChannelsMadeUpHasNone() throws IOException {
        try (PrivatePulse.Recording card = pulse.record();
                Client filled = centre(1000);
                Client bare = centre(2500, "--no-remix")) {
            assertThat(filled.exitCode(10)).isZero();
            assertThat(bare.exitCode(10)).isZero();

            Tone heard = card.heard();
            assertThat(heard.level(1000)).as("front centre, on a stereo card").isGreaterThan(0.1);
            assertThat(heard.level(2500)).as("the same without remixing").isLessThan(0.001);
        }
    }

    @Test
    void aClientThatWantsItsChannelsByNumberIsNotHeardByTheirPlaces() throws IOException {
        Path heardLeft = files.resolve("left.raw");
        Process parec = pulse.helper(
                heardLeft,
                ("parec --device=card.monitor --raw --format=s16le --rate=48000 --channels=1 --channel-map=front-left"
                                + " --no-remix --latency-msec=10")
                        .split(" "));
        try (PrivatePulse.Recording left = new PrivatePulse.Recording(parec, heardLeft)) {
            await().until(() -> left.samples() > 0);
            try (Client placed = firstChannelIsRight(1000);
                    Client numbered = firstChannelIsRight(2500, "--no-remap")) {
                assertThat(placed.exitCode(10)).isZero();
                assertThat(numbered.exitCode(10)).isZero();
            }
            Tone heard = left.heard();
            assertThat(heard.level(1000)).as("on the right, by its place").isLessThan(0.001);
            assertThat(heard.level(2500)).as("the first channel, by its number").isGreaterThan(0.1);
        }
    }

    /** A tone in the first of two channels, which the client says is the right one. */
    private Client firstChannelIsRight(double hz, String... options) throws IOException {
        ByteBuffer pcm = ByteBuffer.wrap(Files.readAllBytes(tone(hz, 1000))).order(ByteOrder.LITTLE_ENDIAN);
        for (int second = 2; second < pcm.limit(); second += 4) {
            pcm.putShort(second, (short) 0);
        }
        Path file = Files.write(files.resolve("first-" + (int) hz + ".raw"), pcm.array());
        List<String> command = new ArrayList<>(List.of("pacat", "--raw", "--rate=48000"));
        command.addAll(List.of("--channel-map=front-right,front-left", "--latency-msec=400"));
        command.addAll(List.of(options));
        command.add(file.toString());
        return Client.start(alpha.server(), command.toArray(String[]::new));
    }

    /** A tone in a channel that a stereo card has no place for. */
    private Client centre(double hz, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of("pacat", "--raw", "--rate=96000", "--channels=1"));
        command.addAll(List.of("--channel-map=front-center", "--latency-msec=400"));
        command.addAll(List.of(options));
        command.add(tone(hz, 1000).toString());
        return Client.start(alpha.server(), command.toArray(String[]::new));
    }

    @Test
    void withoutAGrantParecGetsSilenceAtTheRightPaceAndNothingListensOnTheHost() throws IOException {
        try (Client voice = Client.start(
                        "unix:" + pulse.openSocket(),
                        "pacat",
                        "-d",
                        "mic",
                        "--raw",
                        "--rate=48000",
                        tone(700, 20_000).toString());
                Client parec = Client.start(alpha.server(), "parec", "--raw", "--rate=48000", "--latency-msec=20")) {
            await().atMost(Duration.ofSeconds(10)).until(() -> parec.outputBytes().length > 192_000);
            assertThat(pulse.pactl("list", "short", "source-outputs")).isBlank();
            long startNs = System.nanoTime();
            long before = parec.outputBytes().length;
            await().until(() -> parec.outputBytes().length > before + 384_000);
            double seconds = (System.nanoTime() - startNs) / 1e9;
            assertThat(seconds).isBetween(1.5, 4.0);
            assertThat(parec.outputBytes()).containsOnly(0);

            alpha.relay().micGrant("ann", null).join();
            await().until(() -> Tone.of(mono(last(parec.outputBytes(), 96_000))).level(700) > HEARD);
            assertThat(pulse.pactl("list", "short", "source-outputs")).isNotBlank();

            alpha.relay().micRevoke("ann").join();
            await().atMost(Duration.ofSeconds(2))
                    .until(() -> pulse.pactl("list", "short", "source-outputs").isBlank());
            int silentFrom = parec.outputBytes().length + 96_000;
            await().until(() -> parec.outputBytes().length > silentFrom + 96_000);
            assertThat(last(parec.outputBytes(), 48_000)).containsOnly(0);
        }
    }

    private static byte[] last(byte[] bytes, int count) {
        int from = Math.max(0, bytes.length - count);
        return java.util.Arrays.copyOfRange(bytes, from - from % 4, bytes.length);
    }

    private static byte[] mono(byte[] stereo) {
        byte[] left = new byte[stereo.length / 4 * 2];
        for (int i = 0; i < left.length; i += 2) {
            left[i] = stereo[i * 2];
            left[i + 1] = stereo[i * 2 + 1];
        }
        return left;
    }
}
