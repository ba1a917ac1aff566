package org.virtsound.audio.vchan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.virtsound.audio.PrivatePulse;
import org.virtsound.audio.Stalls;
import org.virtsound.audio.guest.QubesEndpoint;
import org.virtsound.audio.host.HostSound;
import org.virtsound.audio.relay.CapturePolicy;
import org.virtsound.audio.relay.GuestIdentity;
import org.virtsound.audio.relay.GuestLimits;
import org.virtsound.audio.relay.GuestPolicy;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.audio.relay.GuestRelays;
import org.virtsound.audio.relay.RelayEvent;
import org.virtsound.audio.relay.RelayStatus;
import org.virtsound.audio.stream.AudioLoop;

/** Agents over real sockets, the real relay, a real PulseAudio: what one end numbers, the other end counts. */
class QubesPulseIT {
    private static final int PLAY_S = Boolean.getBoolean("virtsound.full") ? 60 : 10;
    private static final int RATE = 44_100;
    private static final String SINK = "module-null-sink rate=44100 norewinds=1 sink_name=";

    /** On a busy machine threads come late by more than the usual 30 ms. */
    private static final GuestPolicy POLICY =
            new GuestPolicy(true, "ear", null, null, CapturePolicy.ASK, "voice.monitor", null, 200, 400);

    private AudioLoop loop;
    private final List<RelayEvent> events = new CopyOnWriteArrayList<>();
    private PrivatePulse pulse;
    private HostSound host;
    private GuestRelays relays;
    private GuestRelay relay;
    private QubesEndpoint endpoint;
    private QubesAgent agent;

    @TempDir
    Path dir;

    @BeforeEach
    void serve() throws IOException {
        assumeTrue(PrivatePulse.installed(), "needs pulseaudio, pulseaudio-utils and setpriv");
        loop = new AudioLoop();
        pulse = PrivatePulse.started(SINK + "ear", SINK + "voice");
        host = new HostSound(loop, "unix:" + pulse.openSocket());
        relays = new GuestRelays(loop, host, GuestLimits.DEFAULT, events::add);
        endpoint = new QubesEndpoint(loop, new SocketTransport(loop, dir));
        UUID uuid = UUID.nameUUIDFromBytes("work".getBytes(StandardCharsets.UTF_8));
        relay = relays.open(new GuestIdentity(uuid, "work", "work"), POLICY);
        endpoint.admit(new VchanPeer(7, false), relay);
    }

    @AfterEach
    void stop() throws IOException {
        if (pulse == null) {
            return;
        }
        if (agent != null) {
            agent.close();
            agent = null;
        }
        endpoint.close();
        relays.close();
        host.close();
        loop.close();
        pulse.close();
    }

    @ParameterizedTest
    @EnumSource
    void playsWithoutAGapAtItsRateWhileTheMicrophoneIsOffOnAndRevoked(QubesAgent.Kind kind) throws Exception {
        Stalls.apart(4, () -> measure(kind), () -> {
            stop();
            serve();
        });
    }

    private void measure(QubesAgent.Kind kind) throws IOException {
        Path heard = dir.resolve("heard.raw");
        Process ear = pulse.helper(heard, pcm("parec", "--latency-msec=20", "--device=ear.monitor"));
        pulse.helper(
                dir.resolve("voice.log"),
                pcm("pacat", "--device=voice", numberedFile().toString()));
        agent = new QubesAgent(kind, SocketAgent.in(dir, 7));
        await().until(() -> agent.connects == 1 && !status().streams().isEmpty());
        agent.play();
        agent.count();

        agent.wantMic(true);
        await().atMost(Duration.ofSeconds(20)).until(() -> agent.mic.silent() > RATE);
        assertThat(agent.mic.numbered()).isZero();
        assertThat(events).hasAtLeastOneElementOfType(RelayEvent.MicRequested.class);
        assertThat(pulse.pactl("list", "short", "source-outputs").lines()).hasSize(1); // the ear's own
        relay.micGrant("test", null).orTimeout(5, TimeUnit.SECONDS).join();
        await().atMost(Duration.ofSeconds(20)).until(() -> agent.mic.numbered() > 3L * RATE);
        assertThat(agent.mic.breaks()).isZero();
        assertThat(agent.mic.silentInside()).isZero();
        relay.micRevoke("test").orTimeout(5, TimeUnit.SECONDS).join();
        long atRevoke = agent.mic.numbered();
        long silent = agent.mic.silent();
        await().atMost(Duration.ofSeconds(20)).until(() -> agent.mic.silent() > silent + RATE);
        // What lay in the guest's ring and the socket's buffer; then silence, and no stream on the host.
        assertThat(agent.mic.numbered() - atRevoke).isLessThan(RATE / 10);
        assertThat(agent.mic.silentAtEnd()).isGreaterThan(RATE / 2);
        assertThat(pulse.pactl("list", "short", "source-outputs").lines()).hasSize(1);

        await().atMost(Duration.ofSeconds(PLAY_S + 20)).until(() -> agent.rate.seconds() >= PLAY_S);
        assertThat(agent.rate.perSecond()).isCloseTo(RATE, within(RATE * 0.002));
        assertThat(agent.overruns).isZero();
        agent.idle();
        await().until(() -> status().streams().stream().allMatch(s -> !s.playback() || s.corked()));
        int last = agent.number();
        FrameCounter counted = new FrameCounter();
        try (InputStream in = Files.newInputStream(heard)) {
            await().until(() -> {
                byte[] pcm = in.readAllBytes();
                counted.hear(pcm, pcm.length);
                return counted.last() == last;
            });
        }
        ear.destroy();
        assertThat(counted.breaks()).isZero();
        assertThat(counted.silentInside()).isZero();
        assertThat(counted.numbered()).isEqualTo(last);
    }

    private static String[] pcm(String tool, String... arguments) {
        String[] line = {tool, "--raw", "--format=s16le", "--rate=" + RATE, "--channels=2"};
        return Stream.of(line, arguments).flatMap(Arrays::stream).toArray(String[]::new);
    }

    private Path numberedFile() throws IOException {
        Path file = dir.resolve("numbers.raw");
        byte[] second = new byte[RATE * FrameCounter.FRAME_BYTES];
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            for (int s = 0; s < PLAY_S + 60; s++) {
                FrameCounter.fill(second, RATE, s * RATE);
                out.write(second);
            }
        }
        return file;
    }

    private RelayStatus status() {
        return relay.status().orTimeout(5, TimeUnit.SECONDS).join();
    }
}
