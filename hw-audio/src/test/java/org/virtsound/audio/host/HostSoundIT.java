package org.virtsound.audio.host;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virtsound.audio.PrivatePulse;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.SoundHostListener;
import org.virtsound.audio.stream.SoundServer;

/** A guest's streams and a real PulseAudio that dies, hangs and comes back. */
class HostSoundIT {
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
    void aServerThatHangsIsNoticedByAStreamThatWasCorkedForAWhile() throws Exception {
        pulse.start();
        open();
        TonePlayer guest = new TonePlayer(Requests.DVD, 1000);
        on(() -> guest.on(place, Requests.of(Requests.DVD, HALF_A_SECOND)));
        await().atMost(5, SECONDS).until(() -> on(() -> guest.measuredUs >= 0));
        cork(guest, true);
        // Longer than from one look to the next: none is due any more.
        await().pollDelay(3, SECONDS).until(() -> true);
        cork(guest, false);
        long written = on(() -> guest.written);
        await().atMost(5, SECONDS).until(() -> on(() -> guest.written > written));

        pulse.signal("STOP");
        await().atMost(5, SECONDS).until(() -> on(() -> !relay.isEmpty()));
        assertThat(relay.get(0)).endsWith("the server there does not answer");
    }

    @Test
    void aServerThatHangsIsNoticedByAGuestThatOnlyRecords() throws Exception {
        pulse.start();
        open();
        ClockedRecordTest.RecorderLog guest = new ClockedRecordTest.RecorderLog();
        on(() -> guest.stream = place.record(Requests.of(Requests.DVD, BufferAttr.record(-1, 1920)), guest));
        await().atMost(5, SECONDS).until(() -> on(() -> guest.bytes > 0));

        pulse.signal("STOP");
        await().atMost(5, SECONDS).until(() -> on(() -> !relay.isEmpty()));
        assertThat(relay.get(0)).endsWith("the server there does not answer");
        long before = on(() -> guest.bytes);
        long beforeNs = System.nanoTime();
        await().pollDelay(1, SECONDS).until(() -> true);
        assertThat((on(() -> guest.bytes) - before) / 192_000.0)
                .isCloseTo((System.nanoTime() - beforeNs) / 1e9, within(0.05));

        pulse.signal("CONT");
        await().atMost(10, SECONDS).until(() -> on(() -> relay.contains("back")));
        assertThat(guest.ended).isNull();
    }

    private void cork(TonePlayer guest, boolean corked) throws Exception {
        List<ErrorCode> replies = new CopyOnWriteArrayList<>();
        on(() -> {
            guest.stream.cork(corked, replies::add);
            return null;
        });
        await().atMost(5, SECONDS).until(() -> replies.equals(List.of(ErrorCode.OK)));
    }

    /** PulseAudio remembers a stream's last one alone. */
    @Test
    void eachOfSeveralDrainsIsAnswered() throws Exception {
        pulse.start();
        open();
        TonePlayer guest = new TonePlayer(Requests.DVD, 1000);
        on(() -> guest.on(place, Requests.of(Requests.DVD, HALF_A_SECOND)));
        await().atMost(5, SECONDS).until(() -> on(() -> guest.events.contains("started")));
        List<ErrorCode> replies = new CopyOnWriteArrayList<>();
        on(() -> {
            guest.keepsUp = false;
            for (int i = 0; i < 3; i++) {
                guest.stream.drain(replies::add);
            }
            return null;
        });
        await().atMost(5, SECONDS).until(() -> replies.equals(List.of(ErrorCode.OK, ErrorCode.OK, ErrorCode.OK)));
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

    @Test
    void aServerByTcpThatIsKilledIsHeardAgainWithinASecond() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        pulse = new PrivatePulse("module-native-protocol-tcp auth-anonymous=1 listen=127.0.0.1 port=" + port);
        pulse.start();
        open("tcp:127.0.0.1:" + port);
        TonePlayer guest = new TonePlayer(Requests.DVD, 1000);
        on(() -> guest.on(place, Requests.of(Requests.DVD, HALF_A_SECOND)));
        hears();
        assertThat(on(() -> place.describe())).isEqualTo("pulseaudio 16.1 at tcp:127.0.0.1:" + port);

        pulse.kill();
        await().atMost(5, SECONDS).until(() -> on(() -> !relay.isEmpty()));
        await().pollDelay(1, SECONDS).until(() -> true);
        pulse.start();
        await("the next try").atMost(1, SECONDS).until(() -> on(() -> relay.contains("back")));
        hears();
        assertThat(guest.ended).isNull();
    }

    @Test
    void aPipewireThatIsKilledIsHeardAgain() throws Exception {
        assumeTrue(PrivatePulse.pipewireInstalled(), "needs pipewire, pipewire-pulse, wireplumber and dbus-daemon");
        pulse = PrivatePulse.pipewire();
        open();
        TonePlayer guest = new TonePlayer(Requests.DVD, 1000);
        on(() -> guest.on(place, Requests.of(Requests.DVD, HALF_A_SECOND)));
        hears();

        pulse.kill();
        await().atMost(5, SECONDS).until(() -> on(() -> !relay.isEmpty()));
        long before = heardBytes(guest);
        long beforeNs = System.nanoTime();
        pulse.startPipewire();
        hears();
        // It reads 43 ms at once and counts them as heard: of many answers the one that comes right behind such a step
        // is the truth.
        double aheadS = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < 50; i++) {
            double heardS = (heardBytes(guest) - before) / 192_000.0;
            aheadS = Math.max(aheadS, heardS - (System.nanoTime() - beforeNs) / 1e9);
            await().pollDelay(20, MILLISECONDS).until(() -> true);
        }
        assertThat(aheadS).as("the guest's clock").isCloseTo(0, within(0.03));
        assertThat(guest.ended).isNull();
        assertThat(guest.events).startsWith("opened", "started");
    }

    private void hears() throws IOException {
        try (PrivatePulse.Recording recording = pulse.record()) {
            await("tone").pollInterval(5, MILLISECONDS).atMost(10, SECONDS).until(() -> recording.hears(1000, HEARD));
        }
    }

    /** As a guest's player reckons: what was read, less what has yet to be heard. */
    private long heardBytes(TonePlayer guest) {
        int before = on(() -> {
            int answers = guest.timings;
            guest.stream.timing(1, 2, 3);
            return answers;
        });
        await().pollInterval(1, MILLISECONDS).atMost(5, SECONDS).until(() -> on(() -> guest.timings > before));
        return on(() -> guest.last.readIndex - guest.last.firstLatencyUs * 192 / 1000);
    }

    private void open() {
        open("unix:" + pulse.openSocket());
    }

    private void open(String hostServer) {
        host = new HostSound(loop, hostServer);
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

    private <T> T on(Callable<T> task) {
        return loop.call(task).join();
    }
}
