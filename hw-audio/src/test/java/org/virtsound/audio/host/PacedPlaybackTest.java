package org.virtsound.audio.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.virtsound.audio.host.Requests.CD;
import static org.virtsound.audio.host.Requests.DVD;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.SeekMode;

class PacedPlaybackTest {
    private final VirtualTime time = new VirtualTime();
    private final ClockServer server = new ClockServer(time.clock);

    @Test
    void aStreamOpensWithPulseAudiosDefaults() {
        PlayerLog player = play(Requests.defaults());

        // Two seconds, 20 ms a step; 20 ms that are not to be waited for.
        assertThat(player.opened.attr()).isEqualTo(BufferAttr.playback(4 << 20, 384_000, 380_164, 3840));
        assertThat(player.opened.creditBytes()).isEqualTo(384_000);
    }

    @Test
    void aStreamTakesAudioAtItsOwnRateForAnHour() {
        PlayerLog player = new PlayerLog();
        player.keepsUp = true;
        player.on(server, Requests.of(CD, BufferAttr.playback(-1, 8820, -1, 1764)));
        time.settle();

        time.advanceMs(3_600_000);

        assertThat(player.ask().readIndex).isCloseTo(3600L * 44_100 * 4, within(200L * 4));
        assertThat(player.events).containsExactly("opened", "started");
    }

    @Test
    void whatSomebodyElseHadReadIsHeardFirst() {
        PlayerLog player = new PlayerLog();
        PacedPlayback stream = new PacedPlayback(
                time.clock, new SilentOutput(DVD), Requests.of(DVD, Requests.defaults()), true, player, gone -> {});
        player.stream = stream;
        stream.pause();
        stream.queue().write(192_000);
        stream.resume(19_200, true, false, 100_000);
        assertThat(player.ask().firstLatencyUs).isEqualTo(100_000);

        time.advanceMs(60);
        assertThat(player.ask().readIndex).isEqualTo(19_200);
        assertThat(player.last.firstLatencyUs).isEqualTo(40_000);

        time.advanceMs(140);
        assertThat(player.ask().readIndex).isEqualTo(2 * 19_200);
        assertThat(player.last.firstLatencyUs).isZero();
    }

    @Test
    void creditComesInStepsOfMinReqAndKeepsTheQueueFull() {
        PlayerLog player = play(Requests.lowLatency());
        player.write(3840);
        List<Long> credits = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            time.advanceMs(5);
            if (player.credit > 0) {
                credits.add(player.credit);
                player.write((int) player.credit);
            }
        }

        assertThat(credits)
                .hasSizeBetween(9, 20)
                .allSatisfy(bytes -> assertThat(bytes).isBetween(960L, 1920L));
        assertThat(player.written - player.ask().readIndex).isBetween(3840L - 1920, 3840L);
    }

    @Test
    void playingWaitsForPrebufUnlessItIsTriggered() {
        PlayerLog player = play(Requests.lowLatency());
        player.write(1920);
        time.advanceMs(50);
        assertThat(player.ask().running).isFalse();

        player.stream.trigger(error -> assertThat(error).isEqualTo(ErrorCode.OK));
        time.advanceMs(5);

        assertThat(player.ask().running).isTrue();
        assertThat(player.ask().readIndex).isEqualTo(960);
    }

    @Test
    void aStreamThatRunsDryTellsOnceAndWaitsForPrebufAgain() {
        PlayerLog player = play(Requests.lowLatency());
        player.write(3840);
        time.advanceMs(200);

        assertThat(player.events).containsExactly("opened", "started", "underflow 3840");
        assertThat(player.ask().readIndex).isEqualTo(3840);
        assertThat(player.last.underrunFor).isBetween(170L * 192, 181L * 192);

        player.write(960);
        time.advanceMs(50);
        assertThat(player.ask().readIndex).isEqualTo(3840);
        player.write(2880);
        time.advanceMs(10);
        assertThat(player.ask().readIndex).isEqualTo(3840 + 1920);
        assertThat(player.events).endsWith("underflow 3840", "started");
    }

    @Test
    void withoutPrebufTimeGoesOnWhereNothingIsWritten() {
        PlayerLog player = play(BufferAttr.playback(-1, 3840, 0, 960));
        player.write(960);
        time.advanceMs(100);

        assertThat(player.ask().readIndex).isCloseTo(19_200, within(200L));
        assertThat(player.events).containsExactly("opened", "started", "underflow 960");
        assertThat(player.credit).isGreaterThan(18_000);
    }

    @Test
    void aCorkedStreamStandsStillAndCostsNoTimer() {
        PlayerLog player = play(Requests.lowLatency());
        player.write(3840);
        time.advanceMs(5);
        player.stream.cork(true, error -> {});
        long readIndex = player.ask().readIndex;
        time.advanceMs(10);
        long firings = time.clock.firings();

        time.advanceMs(10_000);

        assertThat(player.ask().readIndex).isEqualTo(readIndex);
        assertThat(time.clock.firings()).isEqualTo(firings);
        assertThat(player.last.running).isFalse();

        player.stream.cork(false, error -> {});
        time.advanceMs(5);
        assertThat(player.ask().readIndex).isEqualTo(readIndex + 960);
        assertThat(player.events).containsExactly("opened", "started", "started");
    }

    @Test
    void aDrainIsAnsweredWhenTheLastByteIsHeardAndNotBefore() {
        PlayerLog player = play(Requests.lowLatency());
        List<ErrorCode> replies = new ArrayList<>();
        player.write(1920);
        player.stream.drain(replies::add);
        time.advanceMs(9);
        assertThat(replies).isEmpty();

        time.advanceMs(8);

        assertThat(replies).containsExactly(ErrorCode.OK);
        assertThat(player.events).doesNotContain("underflow 1920");
    }

    @Test
    void aDrainOfAnEmptyStreamIsAnsweredAtOnceAndAClosedOneSaysThatItIsGone() {
        PlayerLog player = play(Requests.lowLatency());
        List<ErrorCode> replies = new ArrayList<>();
        player.stream.drain(replies::add);
        assertThat(replies).containsExactly(ErrorCode.OK);

        player.write(1920);
        player.stream.drain(replies::add);
        player.stream.close();
        assertThat(replies).containsExactly(ErrorCode.OK, ErrorCode.NOENTITY);
    }

    @Test
    void aDrainThatTheAnswerToAnotherAsksForWaitsForWhatWasWrittenMeanwhile() {
        PlayerLog player = play(Requests.lowLatency());
        List<ErrorCode> replies = new ArrayList<>();
        player.write(1920);
        player.stream.drain(error -> {
            player.write(960);
            player.stream.drain(replies::add);
        });

        time.advanceMs(12);
        assertThat(player.ask().readIndex).isBetween(1920L, 2879L);
        assertThat(replies).isEmpty();

        time.advanceMs(20);
        assertThat(player.ask().readIndex).isEqualTo(2880);
        assertThat(replies).containsExactly(ErrorCode.OK);
    }

    @Test
    void aDrainDoesNotWaitForWhatComesAfterTheEndAndIsTooLittleToStart() {
        PlayerLog player = new PlayerLog();
        player.stream = new PacedPlayback(
                time.clock, new LateOutput(), Requests.of(DVD, Requests.lowLatency()), false, player, gone -> {});
        List<ErrorCode> replies = new ArrayList<>();
        player.write(1920);
        player.stream.drain(replies::add);
        time.advanceMs(20);
        player.write(960);
        time.advanceMs(20);
        assertThat(player.ask().running).isFalse();
        assertThat(replies).isEmpty();

        time.advanceMs(20);
        assertThat(replies).containsExactly(ErrorCode.OK);
        assertThat(player.ask().readIndex).isEqualTo(1920);
    }

    @Test
    void flushDropsTheQueueAndAsksForItAgain() {
        PlayerLog player = play(Requests.lowLatency());
        player.write(3840);
        time.advanceMs(5);

        player.stream.flush(error -> {});

        assertThat(player.ask().writeIndex).isEqualTo(player.last.readIndex).isEqualTo(960);
        assertThat(player.credit).isEqualTo(3840);
    }

    @Test
    void seeksMoveTheWriteIndexAsPulseAudiosDo() {
        PlayerLog player = play(Requests.lowLatency());
        player.stream.write(player.block(960), SeekMode.ABSOLUTE, 0);
        player.stream.write(player.block(960), SeekMode.ABSOLUTE, 960);
        assertThat(player.ask().writeIndex).isEqualTo(1920);

        player.stream.write(player.block(480), SeekMode.RELATIVE, -960);
        assertThat(player.ask().writeIndex).isEqualTo(1440);

        player.stream.write(player.block(480), SeekMode.RELATIVE_END, 0);
        assertThat(player.ask().writeIndex).isEqualTo(2400);

        player.stream.write(player.block(480), SeekMode.RELATIVE_ON_READ, 480);
        assertThat(player.ask().writeIndex).isEqualTo(960);
    }

    @Test
    void whatComesBeyondMaxLengthIsLostAndSaid() {
        PlayerLog player = play(BufferAttr.playback(7680, 3840, 3840, 960));
        player.write(7680);
        player.write(960);

        assertThat(player.events).containsExactly("opened", "overflow");
    }

    @Test
    void hostileOffsetsHurtNobodyElse() {
        PlayerLog player = play(Requests.lowLatency());
        for (SeekMode mode : SeekMode.values()) {
            player.stream.write(player.block(960), mode, Long.MAX_VALUE);
            player.stream.write(player.block(960), mode, Long.MIN_VALUE);
            time.advanceMs(20);
        }
        PlayerLog other = play(Requests.lowLatency());
        other.write(3840);
        time.advanceMs(10);
        assertThat(other.ask().readIndex).isEqualTo(1920);
    }

    /** Due so late that the time of it is beyond what counts, in either direction: others are to hear their clock all the same. */
    @Test
    void aSeekBeyondAllTimeLeavesTheOthersTheirClock() {
        time.advanceMs(2000);
        PlayerLog player = play(Requests.lowLatency());
        player.write(3840);
        for (long seconds : new long[] {9_223_372_036L, 12_000_000_000L}) {
            player.stream.write(player.block(960), SeekMode.ABSOLUTE, seconds * 192_000);
            PlayerLog other = play(Requests.lowLatency());
            other.write(3840);
            long firings = time.clock.firings();

            time.advanceMs(50);

            assertThat(other.events).contains("started", "underflow 3840");
            assertThat(time.clock.firings() - firings).isLessThanOrEqualTo(11);
        }
    }

    @Test
    void newBufferSizesAreTakenAndTold() {
        PlayerLog player = play(Requests.lowLatency());
        player.write(3840);
        player.credit = 0;

        player.stream.bufferAttr(BufferAttr.playback(-1, 7680, -1, 1920), true, false, error -> {});

        assertThat(player.attr.tLength()).isEqualTo(7680);
        assertThat(player.credit).isEqualTo(3840);
    }

    @Test
    void aNewRateHoldsFromThenOn() {
        PlayerLog player = new PlayerLog();
        player.keepsUp = true;
        player.on(server, Requests.of(DVD, Requests.lowLatency()));
        time.settle();
        time.advanceMs(1000);
        player.stream.sampleRate(24_000, error -> {});
        time.advanceMs(1000);

        assertThat(player.ask().readIndex).isCloseTo(72_000 * 4, within(400L * 4));
    }

    @Test
    void streamsOfTheSameStepShareOneTimer() {
        for (int i = 0; i < 50; i++) {
            PlayerLog player = new PlayerLog();
            player.keepsUp = true;
            player.on(server, Requests.of(DVD, BufferAttr.playback(-1, 7680, -1, 3840)));
        }
        time.settle();
        time.advanceMs(1000);

        assertThat(time.clock.firings()).isLessThanOrEqualTo(201);
    }

    @Test
    void aClosedServerLeavesNoTimerAndNoStream() {
        PlayerLog player = play(Requests.lowLatency());
        player.write(3840);
        server.close();
        long firings = time.clock.firings();

        time.advanceMs(100);

        assertThat(time.clock.firings()).isLessThanOrEqualTo(firings + 1);
        assertThat(player.events).containsExactly("opened");
    }

    private PlayerLog play(BufferAttr attr) {
        PlayerLog player = new PlayerLog().on(server, Requests.of(DVD, attr));
        time.settle();
        return player;
    }

    /** All that is played before 50 ms is heard then. */
    private final class LateOutput extends SilentOutput {
        LateOutput() {
            super(DVD);
        }

        @Override
        public long latencyUs() {
            return Math.max(0, 50_000 - time.clock.nowNs() / 1000);
        }
    }
}
