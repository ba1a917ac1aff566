package org.virtsound.audio.host;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virtsound.audio.PrivatePulse;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.SoundHostListener;
import org.virtsound.audio.stream.SoundServer;

/** A guest's streams and a real PulseAudio that dies, hangs and comes back. */
class HostSoundIT {
    private static final int KILLS = Boolean.getBoolean("virtsound.full") ? 50 : 10;
    /** Enough for a machine that has other things to do. */
    private static final BufferAttr HALF_A_SECOND = BufferAttr.playback(-1, 96_000, -1, 9600);

    private static final double HEARD = 0.3;

    private final AudioLoop loop = new AudioLoop();
    private final List<String> relay = new ArrayList<>();
    private PrivatePulse pulse;
    private HostSound host;
    private SoundServer place;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(PrivatePulse.installed(), "needs pulseaudio, pulseaudio-utils and setpriv");
        pulse = new PrivatePulse();
    }

    @AfterEach
    void stop() throws IOException {
        if (place != null) {
            on(() -> {
                place.close();
                return null;
            });
        }
        if (host != null) {
            host.close();
        }
        loop.close();
        if (pulse != null) {
            pulse.close();
        }
    }

    @Test
    void oneToneOutlivesManyServers() throws Exception {
        pulse.start();
        open();
        TonePlayer guest = new TonePlayer(Requests.DVD, 1000);
        on(() -> guest.on(place, Requests.of(Requests.DVD, HALF_A_SECOND)));
        await().atMost(5, SECONDS).until(() -> on(() -> guest.events.contains("started")));
        long startNs = System.nanoTime();
        long startBytes = heardBytes(guest);
        List<Long> recoveriesMs = new ArrayList<>();
        List<Long> latenciesBytes = new ArrayList<>();

        for (int kill = 0; kill < KILLS; kill++) {
            pulse.kill();
            await().atMost(5, SECONDS)
                    .until(() -> on(() -> relay.get(relay.size() - 1).startsWith("lost")));
            // Away for up to 2 s: any place in the back-off.
            long awayMs = 200 + kill * 613L % 1800;
            long until = System.nanoTime() + MILLISECONDS.toNanos(awayMs);
            await().atMost(5, SECONDS).until(() -> System.nanoTime() > until);
            pulse.start();
            long backNs = System.nanoTime();
            try (PrivatePulse.Recording recording = pulse.record()) {
                await("tone " + kill)
                        .pollInterval(5, MILLISECONDS)
                        .atMost(10, SECONDS)
                        .until(() -> recording.hears(1000, HEARD));
            }
            recoveriesMs.add((System.nanoTime() - backNs) / 1_000_000);
            long playOn = System.nanoTime() + SECONDS.toNanos(1);
            await().atMost(5, SECONDS).until(() -> System.nanoTime() > playOn);
            heardBytes(guest);
            latenciesBytes.add(on(() -> guest.written - guest.last.readIndex));
        }

        double ratio = (heardBytes(guest) - startBytes) / (192_000.0 * (System.nanoTime() - startNs) / 1e9);
        Collections.sort(recoveriesMs);
        System.out.printf(
                "%d kills, %d underflows: back after p50 %d ms, p95 %d ms, max %d ms (the recorder's own start included); clock %+.3f %%;"
                        + " queued at most %d ms%n",
                KILLS,
                guest.events.stream()
                        .filter(event -> event.startsWith("underflow"))
                        .count(),
                recoveriesMs.get(KILLS / 2),
                recoveriesMs.get(KILLS * 95 / 100),
                recoveriesMs.get(KILLS - 1),
                (ratio - 1) * 100,
                Collections.max(latenciesBytes) / 192);
        assertThat(guest.ended).isNull();
        assertThat(ratio).isCloseTo(1, within(0.03));
        assertThat(Collections.max(latenciesBytes)).isLessThanOrEqualTo(96_000L + 2 * 9600);
        assertThat(recoveriesMs.get(KILLS * 95 / 100)).isLessThan(1000);
    }

    @Test
    void aServerThatHangsDoesNotStopTheGuestsClock() throws Exception {
        pulse.start();
        open();
        TonePlayer guest = new TonePlayer(Requests.DVD, 1000);
        on(() -> guest.on(place, Requests.of(Requests.DVD, HALF_A_SECOND)));
        await().atMost(5, SECONDS).until(() -> on(() -> guest.events.contains("started")));

        pulse.signal("STOP");
        await().atMost(5, SECONDS).until(() -> on(() -> !relay.isEmpty()));
        assertThat(relay.get(0)).endsWith("the server there does not answer");
        long before = on(() -> guest.ask().readIndex);
        long beforeNs = System.nanoTime();
        await().pollDelay(1, SECONDS).until(() -> true);
        assertThat((on(() -> guest.ask().readIndex) - before) / 192_000.0)
                .isCloseTo((System.nanoTime() - beforeNs) / 1e9, within(0.05));

        pulse.signal("CONT");
        await().atMost(10, SECONDS).until(() -> on(() -> relay.contains("back")));
        try (PrivatePulse.Recording recording = pulse.record()) {
            await("tone").atMost(10, SECONDS).until(() -> recording.hears(1000, HEARD));
        }
        assertThat(guest.ended).isNull();
    }

    @Test
    void aServerThatAppearsLaterIsFoundAtOnce() throws Exception {
        open();
        TonePlayer guest = new TonePlayer(Requests.DVD, 1000);
        on(() -> guest.on(place, Requests.of(Requests.DVD, HALF_A_SECOND)));
        await().atMost(5, SECONDS).until(() -> on(() -> guest.opened != null));
        assertThat(on(() -> relay)).hasSize(1);
        assertThat(relay.get(0)).endsWith("no server listens there");
        await().pollDelay(3, SECONDS).until(() -> true);

        pulse.start();

        await().atMost(1, SECONDS).until(() -> on(() -> relay.contains("back")));
    }

    @Test
    void tenSilentSecondsCorkTheStreamOnTheHost() throws Exception {
        pulse.start();
        open();
        boolean[] silent = {true};
        TonePlayer guest = new TonePlayer(Requests.DVD, 1000) {
            @Override
            io.netty.buffer.ByteBuf block(int bytes) {
                return silent[0] ? io.netty.buffer.Unpooled.wrappedBuffer(new byte[bytes]) : super.block(bytes);
            }
        };
        on(() -> guest.on(place, Requests.of(Requests.DVD, HALF_A_SECOND)));
        await("cork")
                .pollInterval(200, MILLISECONDS)
                .atMost(20, SECONDS)
                .until(() -> pulse.pactl("list", "sink-inputs").contains("Corked: yes"));
        try (PrivatePulse.Recording recording = pulse.record()) {
            on(() -> silent[0] = false);
            await("tone").pollInterval(5, MILLISECONDS).atMost(5, SECONDS).until(() -> recording.hears(1000, HEARD));
        }
        assertThat(guest.events).containsExactly("opened", "started");
    }

    private void open() {
        host = new HostSound(loop, "unix:" + pulse.openSocket());
        place = on(() -> host.open(new UUID(1, 2), "Windows 11", new SoundHostListener() {
            @Override
            public void lost(String reason) {
                relay.add("lost " + reason);
            }

            @Override
            public void back() {
                relay.add("back");
            }
        }));
    }

    /** As a guest's player reckons: what was read, less what has yet to be heard. */
    private long heardBytes(TonePlayer guest) {
        int before = on(() -> {
            guest.stream.timing(1, 2, 3);
            return guest.timings;
        });
        await().pollInterval(1, MILLISECONDS).atMost(5, SECONDS).until(() -> on(() -> guest.timings > before));
        return on(() -> guest.last.readIndex - guest.last.firstLatencyUs * 192 / 1000);
    }

    private <T> T on(Callable<T> task) {
        return loop.call(task).join();
    }
}
