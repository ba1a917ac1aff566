package org.virtsound.audio.vchan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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

/** Agents over real sockets, and a host without a card: the clock that is left must be the right one. */
@Execution(ExecutionMode.CONCURRENT)
class QubesPaceIT {
    private static final int PLAY_S = Boolean.getBoolean("virtsound.full") ? 60 : 10;

    /** On a busy machine threads come late by more than the usual 30 ms. */
    private static final GuestPolicy POLICY =
            new GuestPolicy(true, null, null, null, CapturePolicy.ASK, null, null, 200, null);

    private final AudioLoop loop = new AudioLoop();
    private final List<RelayEvent> events = new CopyOnWriteArrayList<>();
    private final HearingHost host = new HearingHost(new HostSound(loop, "silence"));
    private final GuestRelays relays = new GuestRelays(loop, host, GuestLimits.DEFAULT, events::add);
    private GuestRelay relay;
    private QubesEndpoint endpoint;
    private QubesAgent agent;

    @TempDir
    Path dir;

    @BeforeEach
    void serve() {
        endpoint = new QubesEndpoint(loop, new SocketTransport(loop, dir));
        UUID uuid = UUID.nameUUIDFromBytes("work".getBytes(StandardCharsets.UTF_8));
        relay = relays.open(new GuestIdentity(uuid, "work", "work"), POLICY);
        endpoint.admit(new VchanPeer(7, false), relay);
    }

    @AfterEach
    void stop() {
        if (agent != null) {
            agent.close();
        }
        endpoint.close();
        relays.close();
        loop.close();
    }

    @ParameterizedTest
    @EnumSource
    void withoutACardTheGuestsClockRunsAtItsRateAndLosesNothing(QubesAgent.Kind kind) {
        connect(kind);
        agent.play();
        agent.count();
        await().atMost(Duration.ofSeconds(PLAY_S + 10)).until(() -> agent.rate.seconds() >= PLAY_S);
        assertThat(agent.rate.perSecond()).isCloseTo(44_100, within(44_100 * 0.002));
        assertThat(agent.overruns).isZero();
        assertThat(host.heard.breaks()).isZero();
        assertThat(host.heard.silentInside()).isZero();
        assertThat(host.heard.numbered()).isGreaterThan(44_100L * (PLAY_S - 1));
    }

    @ParameterizedTest
    @EnumSource
    void aMicrophoneWithoutAGrantRunsOnSilenceAtItsRate(QubesAgent.Kind kind) {
        connect(kind);
        agent.wantMic(true);
        await().until(() -> agent.mic.silent() > 0);
        assertThat(events).hasAtLeastOneElementOfType(RelayEvent.MicRequested.class);
        long before = agent.mic.silent();
        long nanos = System.nanoTime();
        await().atMost(Duration.ofSeconds(20)).until(() -> agent.mic.silent() - before >= 3 * 44_100);
        assertThat((System.nanoTime() - nanos) / 1e9).isBetween(2.8, 4.0);
        assertThat(agent.mic.numbered()).isZero();
        agent.wantMic(false);
        await().until(() -> status().streams().stream().allMatch(s -> s.playback()));
    }

    @ParameterizedTest
    @EnumSource
    void corkUncorkAndAReturningAgentLoseNothing(QubesAgent.Kind kind) {
        connect(kind);
        for (int round = 0; round < 3; round++) {
            agent.play();
            int from = agent.number();
            await().until(() -> agent.number() > from + 4_410);
            agent.idle();
            await().until(() -> host.heard.last() == agent.number());
            await().until(() -> status().streams().stream().allMatch(s -> s.corked()));
        }
        assertThat(host.heard.breaks()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void anAgentThatIsKilledAndComesBackIsServedAgain(QubesAgent.Kind kind) throws Exception {
        for (int life = 0; life < 3; life++) {
            long before = host.heard.numbered();
            try (AgentProcess process = new AgentProcess(kind, dir, 7)) {
                await().atMost(Duration.ofSeconds(15))
                        .until(() -> process.tell("state").get("connects") == 1);
                process.tell("play");
                process.tell("mic on");
                await().until(() -> host.heard.numbered() > before + 22_050);
                await().until(() -> process.tell("state").get("silent") > 4_410);
                process.kill();
            }
            // What was in its ring is played, and no stream is left behind.
            await().until(() ->
                    status().connections() == 0 && status().streams().isEmpty());
        }
        assertThat(host.heard.breaks()).isEqualTo(2);
    }

    private void connect(QubesAgent.Kind kind) {
        agent = new QubesAgent(kind, SocketAgent.in(dir, 7));
        await().until(() -> agent.connects == 1 && status().streams().size() == 1);
    }

    private RelayStatus status() {
        return relay.status().orTimeout(5, TimeUnit.SECONDS).join();
    }
}
