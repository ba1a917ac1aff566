package org.virtsound.audio.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;

import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.virtsound.audio.FakeHost;
import org.virtsound.audio.RelayHarness;
import org.virtsound.audio.WireClient;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelMap;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.PlaybackListener;
import org.virtsound.audio.stream.PlaybackStream;
import org.virtsound.audio.stream.Reply;
import org.virtsound.audio.stream.SeekMode;
import org.virtsound.audio.stream.StreamRequest;
import org.virtsound.audio.stream.Timing;

class RelayedPlaybackTest {
    private static final GuestLimits LIMITS = new GuestLimits(4, 8, 2_048, 4_096, 128 << 10, 1, 150_000);

    private FakeHost host;
    private final RelayHarness harness = new RelayHarness(loop -> host = new FakeHost(loop.eventLoop()), LIMITS);
    private final RelayHarness.Guest guest = harness.guest("alpha");
    private final PlaybackListener listener = mock();
    private long credit;

    @AfterEach
    void close() {
        harness.close();
    }

    private <T> T on(Callable<T> task) {
        return harness.loop.call(task).join();
    }

    private PlaybackStream play(RelayConnection connection) {
        doAnswer(call -> credit += call.<Integer>getArgument(0)).when(listener).credit(anyInt());
        StreamRequest request = new StreamRequest(
                "song",
                WireClient.SPEC,
                ChannelMap.ofChannels(WireClient.SPEC.channels()),
                BufferAttr.playback(-1, -1, -1, -1),
                false,
                null,
                null,
                null,
                false,
                false,
                true,
                false,
                false);
        PlaybackStream stream = on(() -> connection.play(request, listener));
        return on(() -> stream); // it is open by then
    }

    private RelayConnection connect() {
        return on(() -> guest.relay().connect(() -> {}));
    }

    @Test
    void aStreamThatIsReplacedWhileTheGuestWritesIsOwedAsMuchAsBefore() {
        PlaybackStream stream = play(connect());
        credit = FakeHost.CREDIT;
        for (boolean playback : new boolean[] {false, true}) {
            on(() -> {
                guest.relay().update(policy(playback));
                stream.write(Unpooled.wrappedBuffer(new byte[960]), SeekMode.RELATIVE, 0);
                credit -= 960;
                return null;
            });
            assertThat(on(() -> on(() -> credit))).isEqualTo(FakeHost.CREDIT);
        }
    }

    @Test
    void aStreamThatIsReplacedAfterAFlushGoesOnWhereItWas() {
        Timing told = new Timing();
        doAnswer(call -> {
                    Timing timing = call.getArgument(3);
                    told.writeIndex = timing.writeIndex;
                    return null;
                })
                .when(listener)
                .timing(anyInt(), anyInt(), anyInt(), any());
        PlaybackStream stream = play(connect());
        on(() -> {
            stream.write(Unpooled.wrappedBuffer(new byte[960]), SeekMode.RELATIVE, 0);
            ((FakeHost.FakePlayback) host.streams().get(0)).unplayed = 480;
            stream.flush(Reply.NOBODY);
            stream.timing(1, 0, 0);
            return null;
        });
        assertThat(on(() -> told.writeIndex)).isEqualTo(480);
        on(() -> {
            guest.relay().update(policy(false));
            return null;
        });
        on(() -> {
            stream.timing(2, 0, 0);
            return null;
        });
        assertThat(on(() -> told.writeIndex)).isEqualTo(480);
    }

    @Test
    void latencyIsToldAtTheRateThatTheStreamHasNow() {
        RelayConnection connection = connect();
        PlaybackStream stream = play(connection);
        on(() -> {
            stream.write(Unpooled.wrappedBuffer(new byte[960]), SeekMode.RELATIVE, 0);
            ((FakeHost.FakePlayback) host.streams().get(0)).unplayed = 960;
            stream.sampleRate(WireClient.SPEC.rateHz() / 2, Reply.NOBODY);
            stream.timing(1, 0, 0);
            return null;
        });
        long atFirstUs = WireClient.SPEC.usOf(960);
        assertThat(on(() -> guest.relay().status()).join().streams().get(0).latencyUs())
                .isEqualTo(5000 + 2 * atFirstUs);
    }

    @Test
    void theSeventeenthDrainAtATimeIsRefused() {
        PlaybackStream stream = play(connect());
        host.byHand = true;
        List<ErrorCode> replies = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            on(() -> {
                stream.drain(replies::add);
                return null;
            });
        }
        assertThat(replies)
                .containsExactly(ErrorCode.TOOLARGE, ErrorCode.TOOLARGE, ErrorCode.TOOLARGE, ErrorCode.TOOLARGE);
        assertThat(harness.events)
                .anyMatch(event ->
                        event instanceof RelayEvent.LimitHit hit && hit.limit().equals("drains"));
        on(() -> {
            ((FakeHost.FakePlayback) host.streams().get(0)).drained();
            stream.drain(replies::add);
            return null;
        });
        assertThat(replies).hasSize(20);
    }

    @Test
    void aStreamThatWasMadeSlowerCountsAsItsBuffersWereMade() {
        RelayConnection connection = connect();
        PlaybackStream stream = play(connection);
        on(() -> {
            stream.sampleRate(1, Reply.NOBODY);
            return null;
        });
        assertThat(on(() -> connection.mayOpen(WireClient.SPEC))).isFalse();
    }

    @Test
    void eachQuestionThatIsOpenIsAskedAgain() {
        PendingTimings timings = new PendingTimings();
        List<Integer> asked = new ArrayList<>();
        PlaybackStream answersAtOnce = mock();
        doAnswer(call -> {
                    asked.add(call.getArgument(0));
                    return timings.answered(call.getArgument(0));
                })
                .when(answersAtOnce)
                .timing(anyInt(), anyInt(), anyInt());
        for (int tag = 1; tag <= 3; tag++) {
            timings.asked(tag, 0, 0);
        }
        timings.askAgain(answersAtOnce);
        assertThat(asked).containsExactly(1, 2, 3);
    }

    private static GuestPolicy policy(boolean playback) {
        return new GuestPolicy(playback, null, null, null, GuestPolicy.DEFAULT.capture(), null, null, null, null);
    }
}
