package org.virtsound.audio.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.virtsound.audio.host.Requests.DVD;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.SeekMode;
import org.virtsound.audio.stream.SoundHostListener;
import org.virtsound.audio.stream.Timing;

class SteadyPlaybackTest {
    private static final int BYTES_PER_MS = 192;

    private final VirtualTime time = new VirtualTime();
    private final MortalHost host = new MortalHost(time);
    private final List<String> relay = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private final SteadyServer server = new SteadyServer(
            time.clock, host, new HostIdentity(new UUID(0, 1), "guest"), new Relay(), new Keeper(), 10);

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void theGuestsClockGoesOnEvenlyThroughTheServersDeathAndReturn() {
        Counter guest = play();
        long start = 0;
        for (int ms = 10; ms <= 6000; ms += 10) {
            if (ms == 1000 || ms == 3000) {
                host.die();
            } else if (ms == 2000 || ms == 4000) {
                host.alive = true;
            }
            time.advanceMs(10);
            long read = guest.ask().readIndex;
            if (ms == 100) {
                start = read - 100 * BYTES_PER_MS;
            }
            assertThat(read - start)
                    .as("read index after %d ms", ms)
                    .isCloseTo((long) ms * BYTES_PER_MS, within(8L * BYTES_PER_MS));
        }
        assertThat(guest.ended).isNull();
        assertThat(guest.events).containsExactly("opened", "started");
        assertThat(relay)
                .containsExactly(
                        "lost unix:/mortal: connection closed", "back", "lost unix:/mortal: connection closed", "back");
    }

    @Test
    void theLatencyIsMeasuredWithoutTheGuestAsking() {
        Counter guest = play();
        time.advanceMs(3000);
        assertThat(guest.timings).isZero();
        assertThat(guest.measuredUs)
                .isCloseTo((guest.written - guest.ask().readIndex) * 1000 / BYTES_PER_MS, within(20_000L));
    }

    @Test
    void aGuestThatAsksAgainAndAgainHearsWhatTheHostWouldSayAndTheHostIsAskedOnceASecond() {
        host.latencyMs = 20;
        Counter guest = play();
        time.advanceMs(1000);
        guest.ask();
        long start = heard(guest) - 1000L * BYTES_PER_MS;
        int before = host.questions;
        for (int ms = 1003; ms < 11_000; ms += 3) {
            time.advanceMs(3);
            long written = guest.written;
            assertThat(heard(guest) - start)
                    .as("heard after %d ms", ms)
                    .isCloseTo((long) ms * BYTES_PER_MS, within((long) BYTES_PER_MS));
            Timing told = guest.last;
            assertThat(told.running).isTrue();
            assertThat(told.writeIndex).isEqualTo(written);
            assertThat(told.readIndex).isBetween(told.writeIndex - guest.attr.tLength(), told.writeIndex);
            assertThat(told.playingFor).isCloseTo(told.readIndex, within(10L * BYTES_PER_MS));
        }
        assertThat(host.questions - before).isBetween(8, 12);
    }

    private static long heard(Counter guest) {
        Timing told = guest.ask();
        return told.readIndex - told.firstLatencyUs * BYTES_PER_MS / 1000;
    }

    static Stream<Arguments> whatOnlyTheHostKnows() {
        return Stream.of(
                arguments("corked", (Consumer<Counter>) guest -> guest.stream.cork(true, error -> {})),
                arguments("corked and uncorked", (Consumer<Counter>) guest -> {
                    guest.stream.cork(true, error -> {});
                    guest.stream.cork(false, error -> {});
                }),
                arguments("flushed", (Consumer<Counter>) guest -> guest.stream.flush(error -> {})),
                arguments("filled anew", (Consumer<Counter>) guest -> guest.stream.prebuf(error -> {})),
                arguments("at another rate", (Consumer<Counter>) guest -> guest.stream.sampleRate(44_100, error -> {})),
                arguments("written from where it reads", (Consumer<Counter>)
                        guest -> guest.stream.write(guest.block(1920), SeekMode.RELATIVE_ON_READ, 1920)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whatOnlyTheHostKnows")
    void whereAStreamIsThatWasMovedTheHostIsAsked(String name, Consumer<Counter> move) {
        Counter guest = play();
        time.advanceMs(2500);
        guest.ask();
        int before = host.questions;
        guest.ask();
        assertThat(host.questions).as("while it plays on").isEqualTo(before);
        move.accept(guest);
        guest.ask();
        assertThat(host.questions).isGreaterThan(before);
    }

    @Test
    void theReadIndexNeverGoesBack() {
        Counter guest = play();
        long last = 0;
        for (int ms = 0; ms < 5000; ms++) {
            if (ms % 700 == 300) {
                host.die();
            } else if (ms % 700 == 500) {
                host.alive = true;
            }
            time.advanceMs(1);
            long read = guest.ask().readIndex;
            assertThat(read).isGreaterThanOrEqualTo(last);
            last = read;
        }
    }

    @Test
    void whatIsHeardAfterTheReturnFollowsWithoutABreakAndAsLateAsBefore() {
        Counter guest = play();
        time.advanceMs(1000);
        long latency = guest.written - guest.ask().readIndex;
        for (int kill = 0; kill < 20; kill++) {
            host.die();
            time.advanceMs(330);
            host.alive = true;
            time.advanceMs(2200);
        }
        time.advanceMs(2000);

        List<Short> tail = host.heard.subList(host.heard.size() - 48_000, host.heard.size());
        assertOneByOne(tail);
        assertThat(guest.written - guest.ask().readIndex).isCloseTo(latency, within(6L * BYTES_PER_MS));
    }

    @Test
    void aHostThatStartsLateIsCaughtUpWith() {
        Counter guest = play();
        time.advanceMs(1000);
        long before = guest.ask().readIndex;
        host.startsLateMs = 40;
        for (int kill = 0; kill < 10; kill++) {
            host.die();
            time.advanceMs(300);
            host.alive = true;
            time.advanceMs(2200);
        }

        assertThat(guest.ask().readIndex - before).isCloseTo(25_000L * BYTES_PER_MS, within(10L * BYTES_PER_MS));
        assertThat(guest.events).containsExactly("opened", "started");
    }

    @Test
    void aHostThatSleepsAtEveryStartIsNotSentMoreThanItAsksFor() {
        Counter guest = play();
        time.advanceMs(1000);
        long latency = guest.written - guest.ask().readIndex;
        host.die();
        time.advanceMs(300);
        host.startsLateMs = 400;
        host.alive = true;
        time.advanceMs(5000);
        host.startsLateMs = 0;
        time.advanceMs(5000);

        assertThat(guest.written - guest.ask().readIndex).isCloseTo(latency, within(10L * BYTES_PER_MS));
        assertThat(guest.events).containsExactly("opened", "started");
    }

    /** Credit is counted at each change of who is in charge; what is counted wrong once stays so, and piles up. */
    @RepeatedTest(50)
    void whateverTheHostDidTheGuestIsHeardWholeAndAsLateAsItsBuffer(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        Counter guest = play();
        for (int step = 0; step < 40; step++) {
            switch (random.nextInt(8)) {
                case 0 -> host.die();
                case 1 -> host.alive = true;
                case 2 -> host.startsLateMs = List.of(0, 40, 400).get(random.nextInt(3));
                case 3 -> host.sleeps(random.nextBoolean());
                case 4 -> guest.stream.cork(random.nextBoolean(), error -> {});
                case 5 -> guest.stream.flush(error -> {});
                case 6 -> guest.stream.trigger(error -> {});
                default -> guest.silent = random.nextBoolean();
            }
            time.advanceMs(random.nextInt(1500));
        }
        host.alive = true;
        host.sleeps(false);
        host.startsLateMs = 0;
        guest.silent = false;
        guest.stream.cork(false, error -> {});
        time.advanceMs(15_000);

        int before = host.heard.size();
        time.advanceMs(1000);
        List<Short> heard = host.heard.subList(before, host.heard.size());
        assertThat(heard.size()).isCloseTo(48_000, within(480));
        assertOneByOne(heard);
        Timing timing = guest.ask();
        assertThat(timing.writeIndex - timing.readIndex).isBetween(0L, guest.attr.tLength() + 10L * BYTES_PER_MS);
        assertThat(guest.events).doesNotContain("overflow");
    }

    @Test
    void whatALostHostHeldOfALongBufferIsHeardAtTheNext() {
        Counter guest = new Counter();
        guest.keepsUp = true;
        guest.on(server, Requests.of(DVD, BufferAttr.playback(-1, 192_000, -1, 1920)));
        time.settle();
        time.advanceMs(500);
        short last = host.heard.get(host.heard.size() - 1);
        host.die();
        time.advanceMs(30);
        host.alive = true;
        host.heard.clear();
        time.advanceMs(700);

        assertThat(host.heard).hasSizeGreaterThan(24_000);
        assertThat(host.heard.get(0)).isBetween(last, (short) (last + 48 * 120));
        assertOneByOne(host.heard);
    }

    @Test
    void aStreamOpensOnTheClockWhereThereIsNoServerAndMovesOverWhenThereIs() {
        host.alive = false;
        Counter guest = play();
        assertThat(guest.opened).isNotNull();
        time.advanceMs(1000);
        assertThat(guest.ask().readIndex).isCloseTo(1000L * BYTES_PER_MS, within(20L * BYTES_PER_MS));
        assertThat(server.problem()).isEqualTo("unix:/mortal: nobody listens there");

        host.alive = true;
        time.advanceMs(2100);

        assertThat(host.heard.size()).isPositive();
        assertThat(server.problem()).isNull();
        assertThat(guest.events).startsWith("opened", "started");
        assertThat(log).containsExactly("trouble unix:/mortal: nobody listens there", "reached");
    }

    @Test
    void aServerThatTakesConnectionsAndSaysNothingDoesNotKeepAGuestWaiting() {
        host.hung = true;
        Counter guest = play();
        time.advanceMs(600);
        assertThat(guest.opened).isNotNull();
    }

    @Test
    void triesGetRarerDownToOneInTwoSecondsAndOneIsMadeAtOnceWhenNudged() {
        host.alive = false;
        play();
        time.advanceMs(60_000);
        assertThat(host.tries).isBetween(30, 40);

        int before = host.tries;
        server.nudge();
        assertThat(host.tries).isEqualTo(before + 1);
    }

    @Test
    void aStreamComesBackAsItWasLeft() {
        Counter guest = play();
        time.advanceMs(100);
        guest.stream.volume(ChannelVolumes.flat(2, 0x1234), error -> {});
        guest.stream.name("renamed", error -> {});
        host.die();
        guest.stream.mute(true, error -> {});
        guest.stream.cork(true, error -> {});
        host.alive = true;
        time.advanceMs(3000);

        assertThat(host.requests.get(host.requests.size() - 1).volume()).isEqualTo(ChannelVolumes.flat(2, 0x1234));
        assertThat(host.requests.get(host.requests.size() - 1).muted()).isTrue();
        assertThat(host.requests.get(host.requests.size() - 1).name()).isEqualTo("renamed");
        assertThat(host.requests.get(host.requests.size() - 1).corked()).isTrue();
        long read = guest.ask().readIndex;
        time.advanceMs(500);
        assertThat(guest.ask().readIndex).isEqualTo(read);
        guest.stream.cork(false, error -> {});
        time.advanceMs(500);
        assertThat(guest.ask().readIndex).isGreaterThan(read + 400 * BYTES_PER_MS);
    }

    @Test
    void aDrainEndsThoughTheServerDiesUnderIt() {
        Counter guest = play();
        time.advanceMs(100);
        guest.keepsUp = false;
        List<ErrorCode> replies = new ArrayList<>();
        guest.stream.drain(replies::add);
        host.die();
        assertThat(replies).isEmpty();

        time.advanceMs(100);

        assertThat(replies).containsExactly(ErrorCode.OK);
        host.alive = true;
        time.advanceMs(3000);
        guest.stream.close();
        assertThat(replies).containsExactly(ErrorCode.OK);
    }

    @Test
    void aDrainEndsWellThoughTheHostIsLeftUnderIt() {
        Counter guest = play();
        time.advanceMs(100);
        guest.keepsUp = false;
        List<ErrorCode> replies = new ArrayList<>();
        guest.stream.drain(replies::add);
        server.use(host);
        assertThat(replies).isEmpty();

        time.advanceMs(200);

        assertThat(replies).containsExactly(ErrorCode.OK);
    }

    @Test
    void tenSilentSecondsCorkTheHostsStreamAndTheFirstAudibleSampleIsHeard() {
        Counter guest = play();
        guest.silent = true;
        time.advanceMs(10_100);
        int heardWhileSilent = host.heard.size();
        long firings = time.clock.firings();

        time.advanceMs(5000);
        assertThat(host.heard.size()).isEqualTo(heardWhileSilent);
        assertThat(guest.ask().readIndex).isCloseTo(15_100L * BYTES_PER_MS, within(20L * BYTES_PER_MS));
        assertThat(time.clock.firings() - firings).isLessThanOrEqualTo(1001);

        guest.silent = false;
        guest.next = 1;
        time.advanceMs(1000);

        List<Short> heard = host.heard.subList(heardWhileSilent, host.heard.size());
        int first = heard.indexOf((short) 1);
        assertThat(first).as("silence before the first sample").isBetween(0, 3840);
        assertThat(heard.subList(first, first + 40_000)).startsWith((short) 1, (short) 2, (short) 3);
        for (int i = first + 1; i < first + 30_000; i++) {
            assertThat(heard.get(i)).isEqualTo((short) (heard.get(i - 1) + 1));
        }
        assertThat(guest.events).containsExactly("opened", "started");
    }

    @Test
    void whileTheHostsDeviceSleepsTheGuestsClockGoesOn() {
        Counter guest = play();
        time.advanceMs(1000);
        host.lastListener.suspended(true);
        time.advanceMs(3000);
        assertThat(guest.ask().readIndex).isCloseTo(4000L * BYTES_PER_MS, within(20L * BYTES_PER_MS));

        int before = host.heard.size();
        host.lastListener.suspended(false);
        time.advanceMs(1000);

        assertThat(host.heard.size() - before).isCloseTo(48_000, within(1500));
        assertThat(guest.ask().readIndex).isCloseTo(5000L * BYTES_PER_MS, within(20L * BYTES_PER_MS));
        assertThat(guest.events).containsExactly("opened", "started");
    }

    @Test
    void whoIsCorkedWhileTheHostsDeviceSleepsStaysSoWhenItWakes() {
        Counter guest = play();
        time.advanceMs(1000);
        host.lastListener.suspended(true);
        guest.stream.cork(true, error -> {});
        int before = host.heard.size();
        host.lastListener.suspended(false);
        time.advanceMs(500);
        assertThat(host.heard).hasSize(before);

        guest.stream.cork(false, error -> {});
        time.advanceMs(500);
        assertThat(host.heard.size() - before).isCloseTo(24_000, within(1500));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCorkThatComesWhileTheHostOpensTheStreamHolds(boolean corked) {
        Counter guest = play();
        time.advanceMs(1000);
        guest.stream.cork(!corked, error -> {});
        host.die();
        host.meanwhile = () -> guest.stream.cork(corked, error -> {});
        host.alive = true;
        time.advanceMs(1000);
        int before = host.heard.size();
        time.advanceMs(500);

        assertThat(host.heard.size() - before).isCloseTo(corked ? 0 : 24_000, within(480));
    }

    @Test
    void whatIsAskedWhileTheHostOpensTheStreamIsToldIt() {
        Counter guest = play();
        time.advanceMs(1000);
        host.die();
        host.meanwhile =
                () -> guest.stream.bufferAttr(BufferAttr.playback(-1, 7680, -1, 1920), true, false, error -> {});
        host.alive = true;
        time.advanceMs(1000);

        assertThat(guest.attr.tLength()).isEqualTo(7680);
        Timing timing = guest.ask();
        assertThat(timing.writeIndex - timing.readIndex).isLessThanOrEqualTo(7680);
    }

    @Test
    void whatIsWrittenBeforeTheHostHasOpenedTheStreamIsItsBeginning() {
        Counter guest = new Counter();
        guest.on(server, Requests.of(DVD, BufferAttr.playback(-1, 15_360, -1, 1920)));
        guest.write(3840);
        time.settle();
        assertThat(guest.credit).isEqualTo(15_360 - 3840);
        guest.keepsUp = true;
        guest.credit(0);
        time.advanceMs(100);

        assertThat(host.heard).startsWith((short) 1, (short) 2, (short) 3);
    }

    @Test
    void whatIsFlushedAndFilledAtOnceCountsAsPlaying() {
        Counter guest = play();
        time.advanceMs(1000);
        guest.stream.flush(error -> {});
        guest.silent = true;
        time.advanceMs(12_000);
        int before = host.heard.size();
        time.advanceMs(2000);

        assertThat(host.heard).as("set aside, since it is silent").hasSize(before);
    }

    @Test
    void aServerThatHangsBeforeItOpensAStreamIsNotWaitedForLong() {
        play();
        host.hung = true;
        Counter second = play();
        time.advanceMs(2100);

        assertThat(second.events).startsWith("opened");
        assertThat(relay).contains("lost unix:/mortal: the server there does not answer");
    }

    @Test
    void aStreamThatWasEndedThereIsTroubleUntilItIsBack() {
        play();
        time.advanceMs(100);
        host.endStreams(ErrorCode.KILLED);
        time.advanceMs(10_000);

        assertThat(log).containsExactly("reached", "trouble unix:/mortal: a stream was ended there", "reached");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 25, 65})
    void absoluteOffsetsGoOnCountingFromTheGuestsStart(int latencyMs) {
        host.latencyMs = latencyMs; // where it is more than the guest's buffer, some of what comes next is left out
        List<Short> relative = heardOverAReturn(false);
        assertOneByOne(relative.subList(relative.size() - 20_000, relative.size()));
        assertThat(heardOverAReturn(true)).isEqualTo(relative);
    }

    private List<Short> heardOverAReturn(boolean absolute) {
        host.heard.clear();
        Counter guest = new Counter();
        guest.absolute = absolute;
        guest.keepsUp = true;
        guest.on(server, Requests.of(DVD, Requests.lowLatency()));
        time.settle();
        time.advanceMs(500);
        host.die();
        time.advanceMs(300);
        host.alive = true;
        time.advanceMs(2500);
        assertThat(guest.ended).isNull();
        guest.stream.close();
        return List.copyOf(host.heard);
    }

    private static void assertOneByOne(List<Short> heard) {
        for (int i = 1; i < heard.size(); i++) {
            assertThat(heard.get(i)).as("sample %d", i).isEqualTo((short) (heard.get(i - 1) + 1));
        }
    }

    /** What lies between was never written, and is more than the thread of all guests may ever fill in. */
    @Test
    void aSeekFarAheadWhileTheClockIsInChargeIsNotMadeUpForAtTheReturn() {
        for (SeekMode mode : List.of(SeekMode.ABSOLUTE, SeekMode.RELATIVE)) {
            Counter guest = play();
            time.advanceMs(100);
            host.die();
            time.advanceMs(100);
            guest.stream.write(guest.block(960), mode, 1L << 50);
            host.alive = true;
            assertTimeoutPreemptively(Duration.ofSeconds(20), () -> time.advanceMs(500));

            guest.stream.flush(error -> {});
            time.advanceMs(500);
            int before = host.heard.size();
            time.advanceMs(100);
            assertThat(host.heard.size() - before).isCloseTo(4800, within(500));
            guest.stream.close();
        }
    }

    @Test
    void aFlushedStreamGoesOnFromWhereItWasRead() {
        Counter guest = play();
        time.advanceMs(500);
        guest.keepsUp = false;
        guest.stream.flush(error -> {});
        assertThat(guest.ask().writeIndex).isEqualTo(guest.last.readIndex);
        host.die();
        assertThat(guest.ask().writeIndex).isEqualTo(guest.last.readIndex);
        assertThat(guest.last.readIndex).isCloseTo(500L * BYTES_PER_MS, within(20L * BYTES_PER_MS));
    }

    @Test
    void aQuestionThatTheHostTookWithItIsAnsweredByTheClock() {
        Counter guest = play();
        time.advanceMs(100);
        // The fake answers at once; a record stream on the wire would not. What counts: one answer each, before and
        // after.
        for (int i = 0; i < 50; i++) {
            guest.ask();
        }
        host.die();
        guest.ask();
        assertThat(guest.timings).isEqualTo(51);
    }

    private Counter play() {
        Counter guest = new Counter();
        guest.keepsUp = true;
        guest.on(server, Requests.of(DVD, BufferAttr.playback(-1, 15_360, -1, 1920)));
        time.settle();
        return guest;
    }

    /** Plays 1, 2, 3 …, a number a frame. */
    private static final class Counter extends PlayerLog {
        boolean silent;
        boolean absolute;
        short next = 1;

        @Override
        void write(int bytes) {
            if (absolute) {
                long at = written;
                written += bytes;
                credit -= bytes;
                stream.write(block(bytes), SeekMode.ABSOLUTE, at);
            } else {
                super.write(bytes);
            }
        }

        @Override
        ByteBuf block(int bytes) {
            ByteBuf block = Unpooled.buffer(bytes);
            for (int i = 0; i < bytes / 4; i++) {
                short value = silent ? 0 : next++;
                block.writeShortLE(value).writeShortLE(value);
            }
            return block;
        }
    }

    private final class Relay implements SoundHostListener {
        @Override
        public void lost(String reason) {
            relay.add("lost " + reason);
        }

        @Override
        public void back() {
            relay.add("back");
        }
    }

    private final class Keeper implements SteadyServer.Keeper {
        @Override
        public void reached(SteadyServer place) {
            log.add("reached");
        }

        @Override
        public void trouble(SteadyServer place, String reason) {
            log.add("trouble " + reason);
        }

        @Override
        public void closed(SteadyServer place) {}
    }
}
