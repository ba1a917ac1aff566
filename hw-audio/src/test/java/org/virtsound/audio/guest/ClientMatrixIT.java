package org.virtsound.audio.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtsound.audio.Client;
import org.virtsound.audio.PrivatePulse;
import org.virtsound.audio.RelayHarness;
import org.virtsound.audio.Tone;
import org.virtsound.audio.relay.CapturePolicy;
import org.virtsound.audio.relay.GuestPolicy;

/**
 * Every client that a guest may run, on every server that a host may run: those that play are heard, those that record get silence,
 * then the microphone once it is granted, then silence. Prints itself as a table. A part of it by default, all with
 * {@code virtsound.full}.
 */
class ClientMatrixIT {
    private static final boolean FULL = Boolean.getBoolean("virtsound.full");
    private static final Set<String> USUAL = Set.of(
            "pacat",
            "aplay (ALSA plugin)",
            "mpv",
            "gst pulsesink",
            "PulseAudio tunnel-sink",
            "parec",
            "arecord (ALSA plugin)");
    private static final int TONE_MS = 1500;
    private static final double VOICE_HZ = 700;
    private static final int SECOND_BYTES = 192_000;

    @TempDir
    Path files;

    private final List<String> table = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    @Test
    void everyClientPlaysAndRecordsOnPulseAudio() throws IOException {
        assumeTrue(PrivatePulse.installed(), "needs pulseaudio, pulseaudio-utils and setpriv");
        try (PrivatePulse pulse = PrivatePulse.started("module-null-sink sink_name=mic rate=48000")) {
            matrix("PulseAudio", pulse, USUAL);
        }
    }

    @Test
    void everyClientPlaysAndRecordsOnPipeWire() throws IOException {
        assumeTrue(PrivatePulse.pipewireInstalled(), "needs pipewire-pulse, wireplumber and dbus-run-session");
        try (PrivatePulse pulse = PrivatePulse.pipewire("mic")) {
            matrix("PipeWire", pulse, Set.of("pacat", "parec"));
        }
    }

    private void matrix(String host, PrivatePulse pulse, Set<String> usual) throws IOException {
        pulse.pactl("set-default-sink", "card");
        Path wav = files.resolve("tone.wav");
        pulse.run(
                "sox",
                "-q",
                "-n",
                "-r",
                "44100",
                "-b",
                "16",
                "-c",
                "2",
                wav.toString(),
                "synth",
                TONE_MS / 1000.0 + "",
                "sine",
                "1000",
                "vol",
                "0.5");
        Path raw = files.resolve("tone.raw");
        pulse.run("sox", "-q", wav.toString(), "-r", "48000", "-t", "raw", raw.toString());
        Path mp3 = files.resolve("tone.mp3");
        if (Files.isExecutable(Path.of("/usr/bin/ffmpeg"))) {
            pulse.run("ffmpeg", "-v", "error", "-nostdin", "-y", "-i", wav.toString(), mp3.toString());
        }
        Path voice = files.resolve("voice.raw");
        pulse.run(
                "sox",
                "-q",
                "-n",
                "-r",
                "48000",
                "-b",
                "16",
                "-e",
                "signed",
                "-c",
                "2",
                "-t",
                "raw",
                voice.toString(),
                "synth",
                "600",
                "sine",
                VOICE_HZ + "",
                "vol",
                "0.5");
        Map<String, String> tones =
                Map.of("WAV", wav.toString(), "MP3", mp3.toString(), "RAW", raw.toString(), "VOICE", voice.toString());
        try (RelayHarness harness = RelayHarness.over(pulse);
                Client speaker = Client.start(
                        "unix:" + pulse.openSocket(),
                        "pacat",
                        "-d",
                        "mic",
                        "--raw",
                        "--rate=48000",
                        voice.toString())) {
            for (GuestProgram program : chosen(GuestProgram.players(), usual)) {
                row(host, program, () -> play(harness, pulse, program, tones));
            }
            for (GuestProgram program : chosen(GuestProgram.recorders(), usual)) {
                row(host, program, () -> record(harness, pulse, program, tones));
            }
            assertThat(speaker.isAlive()).isTrue();
        }
        table.forEach(System.out::println);
        assertThat(failures).isEmpty();
    }

    private static List<GuestProgram> chosen(List<GuestProgram> all, Set<String> usual) {
        return all.stream().filter(p -> FULL || usual.contains(p.name())).toList();
    }

    @FunctionalInterface
    private interface Trial {
        /** @return how it went, for the table */
        String run() throws IOException;
    }

    private void row(String host, GuestProgram program, Trial trial) throws IOException {
        String result;
        if (!program.missing().isEmpty()) {
            result = "not here: " + program.missing();
        } else {
            try {
                result = trial.run();
            } catch (AssertionError | ConditionTimeoutException e) {
                result = "FAILED";
                failures.add(host + ", " + program.name() + ": " + e.getMessage());
            }
        }
        table.add("| %-10s | %-27s | %-7s | %s |"
                .formatted(host, program.name(), program.plays() ? "plays" : "records", result));
    }

    private String play(RelayHarness harness, PrivatePulse pulse, GuestProgram program, Map<String, String> tones)
            throws IOException {
        RelayHarness.Guest guest = harness.guest("player " + program.name());
        try (PrivatePulse.Recording card = pulse.record();
                Client client = Client.start(guest.server(), tones, program.command())) {
            int exit = client.exitCode(40);
            Tone heard = card.heard();
            long start = heard.startMs(1000, 0.1);
            Tone tone = heard.part(Math.max(0, start), start + TONE_MS - 300);
            String seen =
                    "exit %d, level %.2f%n%s%s".formatted(exit, tone.level(1000), guest.status(), client.output());
            assertThat(exit).as(seen).isZero();
            assertThat(tone.level(1000)).as(seen).isGreaterThan(0.1);
            return "heard, level %.2f, %d refused"
                    .formatted(tone.level(1000), guest.status().refusedCommands());
        } finally {
            guest.relay().close().join();
        }
    }

    private String record(RelayHarness harness, PrivatePulse pulse, GuestProgram program, Map<String, String> tones)
            throws IOException {
        Path out = files.resolve("out.raw");
        Files.deleteIfExists(out);
        Map<String, String> environment = new java.util.HashMap<>(tones);
        environment.put("OUT", out.toString());
        RelayHarness.Guest guest = harness.guest(
                "recorder " + program.name(),
                new GuestPolicy(true, null, null, null, CapturePolicy.ASK, "mic.monitor", null, null, null));
        try (Client client = Client.start(guest.server(), environment, program.command())) {
            within(20, () -> size(out) > SECOND_BYTES, "a second of silence", client);
            assertThat(tail(out, size(out)).loudness()).as("before a grant").isLessThan(0.001);
            assertThat(pulse.pactl("list", "short", "source-outputs")).isBlank();

            guest.relay().micGrant("ann", null).join();
            within(10, () -> tail(out, SECOND_BYTES / 2).level(VOICE_HZ) > 0.1, "the microphone", client);

            guest.relay().micRevoke("ann").join();
            within(5, () -> pulse.pactl("list", "short", "source-outputs").isBlank(), "no stream on the host", client);
            within(10, () -> tail(out, SECOND_BYTES / 2).loudness() < 0.001, "silence again", client);
            assertThat(client.isAlive()).as(client.output()).isTrue();
            return "silence, microphone, silence";
        } finally {
            guest.relay().close().join();
        }
    }

    private static void within(
            int seconds, java.util.concurrent.Callable<Boolean> condition, String what, Client client) {
        try {
            await(what).atMost(Duration.ofSeconds(seconds)).until(condition);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(what + " did not come; the client says: " + client.output(), e);
        }
    }

    private static long size(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    /** @return the left channel of the last {@code bytes} */
    private static Tone tail(Path file, long bytes) throws IOException {
        byte[] stereo = Files.readAllBytes(file);
        int from = (int) Math.max(0, stereo.length - bytes) / 4 * 4;
        byte[] left = new byte[(stereo.length - from) / 4 * 2];
        for (int i = 0; i < left.length; i += 2) {
            left[i] = stereo[from + i * 2];
            left[i + 1] = stereo[from + i * 2 + 1];
        }
        return Tone.of(left);
    }
}
