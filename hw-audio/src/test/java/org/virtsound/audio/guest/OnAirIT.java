package org.virtsound.audio.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virtsound.audio.Client;
import org.virtsound.audio.PrivatePulse;
import org.virtsound.audio.RelayHarness;
import org.virtsound.audio.relay.MicStatus;

/** How soon the host's record stream comes and goes, as a real PulseAudio tells it over a connection that is open already. */
class OnAirIT {
    private static final int ROUNDS = 21;
    /** The specification's; of the median, since a machine that tests may be busy with others. */
    private static final double GONE_MS = 50;

    private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
    private PrivatePulse pulse;
    private RelayHarness harness;
    private RelayHarness.Guest alpha;
    private Client recorder;
    private Process subscribed;

    private record Told(long atNs, String event) {}

    @BeforeEach
    void start() throws IOException, InterruptedException {
        assumeTrue(PrivatePulse.installed(), "needs pulseaudio, pulseaudio-utils and setpriv");
        pulse = PrivatePulse.started("module-null-sink sink_name=mic rate=48000");
        pulse.pactl("set-default-source", "mic.monitor");
        harness = RelayHarness.over(pulse);
        alpha = harness.guest("alpha");
        ProcessBuilder pactl = new ProcessBuilder("pactl", "--server=unix:" + pulse.openSocket(), "subscribe");
        pactl.environment().put("LC_ALL", "C");
        pactl.environment().put("HOME", "/nonexistent");
        subscribed = pactl.start();
        Thread reader = new Thread(this::read, "subscribed");
        reader.setDaemon(true);
        reader.start();
        recorder = Client.start(alpha.server(), "parec", "--raw", "--rate=48000", "--latency-msec=20");
        // It is subscribed once it tells of what a grant begins.
        while (true) {
            alpha.relay().micGrant("ann", null).join();
            boolean heard = next("'new'", 500) != null;
            alpha.relay().micRevoke("ann").join();
            if (heard) {
                assertThat(next("'remove'", 5_000)).isNotNull();
                return;
            }
        }
    }

    @AfterEach
    void stop() throws IOException {
        if (subscribed != null) {
            subscribed.destroyForcibly().onExit().join();
        }
        if (recorder != null) {
            recorder.close();
        }
        if (harness != null) {
            harness.close();
        }
        if (pulse != null) {
            pulse.close();
        }
    }

    private void read() {
        try (BufferedReader lines = subscribed.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                told.add(new Told(System.nanoTime(), line));
            }
        } catch (IOException ended) {
            told.add(new Told(System.nanoTime(), "the end: " + ended));
        }
    }

    /** @return when the next event of this kind about a record stream was told; null where none is within the time */
    private Long next(String kind, long withinMs) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(withinMs);
        while (true) {
            Told event = told.poll(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (event == null) {
                return null;
            }
            if (event.event().contains(kind) && event.event().contains("source-output ")) {
                return event.atNs();
            }
        }
    }

    @Test
    void aRevokedMicrophonesStreamIsGoneFromTheHostWithinFiftyMilliseconds() throws Exception {
        List<Double> comes = new ArrayList<>();
        List<Double> goes = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            long asked = System.nanoTime();
            MicStatus granted =
                    alpha.relay().micGrant("ann", Duration.ofMinutes(30)).join();
            assertThat(granted.granted()).isTrue();
            assertThat(granted.until()).isAfter(Instant.now().plusSeconds(1_700));
            comes.add(ms(asked, next("'new'", 5_000)));
            assertThat(alpha.status().mic().onAir()).isTrue();
            assertThat(alpha.status().mic().since()).isNotNull();

            asked = System.nanoTime();
            MicStatus revoked = alpha.relay().micRevoke("ann").join();
            goes.add(ms(asked, next("'remove'", 5_000)));
            assertThat(revoked.onAir()).isFalse();
        }
        print("granted, there after", comes);
        print("revoked, gone after", goes);
        assertThat(median(goes)).isLessThanOrEqualTo(GONE_MS);
    }

    @Test
    void aGrantThatEndsTakesTheStreamWithItWithinFiftyMilliseconds() throws Exception {
        List<Double> goes = new ArrayList<>();
        for (int i = 0; i < ROUNDS / 3; i++) {
            alpha.relay().micGrant("ann", Duration.ofMillis(300)).join();
            long ends = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300);
            assertThat(next("'new'", 5_000)).isNotNull();
            goes.add(ms(ends, next("'remove'", 5_000)));
        }
        print("expired, gone after", goes);
        assertThat(median(goes)).isLessThanOrEqualTo(GONE_MS);
    }

    private static double ms(long fromNs, Long toNs) {
        assertThat(toNs).as("told within 5 s").isNotNull();
        return (toNs - fromNs) / 1e6;
    }

    private static double median(List<Double> ms) {
        List<Double> sorted = new ArrayList<>(ms);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }

    private static void print(String what, List<Double> ms) {
        System.out.printf("%s: p50 %.1f ms, max %.1f ms of %d%n", what, median(ms), Collections.max(ms), ms.size());
    }
}
