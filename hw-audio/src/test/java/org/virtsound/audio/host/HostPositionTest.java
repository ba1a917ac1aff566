package org.virtsound.audio.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtsound.audio.host.Requests.DVD;

import org.junit.jupiter.api.Test;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.StreamOpened;
import org.virtsound.audio.stream.Timing;

/** A host of 20 ms latency that is asked about a stream of 100 ms buffer, in steps of 10 ms; all full. */
class HostPositionTest {
    private static final int MS = 192;
    private static final BufferAttr ATTR = new BufferAttr(4 << 20, 100 * MS, 50 * MS, 10 * MS, 10 * MS);

    private final VirtualTime time = new VirtualTime();
    private final HostPosition at = new HostPosition(time.clock);
    private final PlaybackQueue queue = new PlaybackQueue(ATTR, DVD.frameBytes());
    private final Timing told = new Timing();

    HostPositionTest() {
        at.opened(new StreamOpened(ATTR, 20_000, false, ATTR.tLength()));
        queue.lend(ATTR.tLength());
        write(100);
        told.evenly = true;
        tell(0, at.turn());
    }

    @Test
    void itIsWhereItWouldSayAsLongAsItAsksForMore() {
        for (int ms = 10; ms <= 1000; ms += 10) {
            time.advanceMs(10);
            ask(10);
            write(10);
            assertThat(at.isSure(queue, DVD)).isTrue();
            at.tell(told, queue, DVD);
            assertThat(told.readIndex).isEqualTo((long) ms * MS);
            assertThat(told.firstLatencyUs).isEqualTo(20_000);
            assertThat(told.writeIndex).isEqualTo((100L + ms) * MS);
        }
    }

    @Test
    void whatItReadsIsBoundedByWhatItAskedForAndWhatIsHeardGoesOn() {
        time.advanceMs(25);
        at.tell(told, queue, DVD);

        assertThat(told.readIndex).isEqualTo(10L * MS);
        assertThat(told.firstLatencyUs).isEqualTo(5_000);
    }

    @Test
    void aShorterBufferMovesNothingOfWhatItReads() {
        time.advanceMs(10);
        ask(10);
        queue.attr(new BufferAttr(4 << 20, 20 * MS, 10 * MS, 10 * MS, 10 * MS));

        assertThat(at.isSure(queue, DVD)).isTrue();
        at.tell(told, queue, DVD);
        assertThat(told.readIndex).isEqualTo(10L * MS);
        assertThat(told.firstLatencyUs).isEqualTo(20_000);
    }

    @Test
    void oneThatHasAskedForLessThanMustHaveBeenHeardIsAsked() {
        time.advanceMs(30);
        assertThat(at.isSure(queue, DVD)).isTrue();
        time.advanceMs(1);
        assertThat(at.isSure(queue, DVD))
                .as("20 ms of latency and 10 ms of credit to come")
                .isFalse();
    }

    @Test
    void oneThatMustHaveRunDryIsAsked() {
        time.advanceMs(119);
        ask(100);
        assertThat(at.isSure(queue, DVD)).isTrue();
        time.advanceMs(1);
        assertThat(at.isSure(queue, DVD)).isFalse();
    }

    @Test
    void itsWordIsOldAfterASecondAndHoldsForThree() {
        ask(4000);
        write(4000);
        time.advanceMs(1000);
        assertThat(at.isStale()).isFalse();
        time.advanceMs(1);
        assertThat(at.isStale()).isTrue();
        ask(100);
        time.advanceMs(1999);
        assertThat(at.isSure(queue, DVD)).isTrue();
        time.advanceMs(1);
        assertThat(at.isSure(queue, DVD)).isFalse();
    }

    @Test
    void whatItWasAskedBeforeItStoppedPlayingEvenlyDoesNotCount() {
        int before = at.turn();
        at.forgetHeard();
        assertThat(at.isSure(queue, DVD)).isFalse();
        tell(0, before);
        assertThat(at.isSure(queue, DVD)).isFalse();
        tell(0, at.turn());
        assertThat(at.isSure(queue, DVD)).isTrue();
    }

    @Test
    void whatWasReadStaysReadAndItsLatencyMakesUpForIt() {
        time.advanceMs(10);
        at.tell(told, queue, DVD);
        assertThat(told.readIndex).isEqualTo(10L * MS);

        tell(4, at.turn());

        assertThat(told.readIndex).isEqualTo(10L * MS);
        assertThat(told.firstLatencyUs).as("what is heard is what it said").isEqualTo(26_000);
    }

    @Test
    void oneThatTellsInStepsIsAskedEachTime() {
        told.evenly = false;
        tell(0, at.turn());
        assertThat(at.isSure(queue, DVD)).isFalse();
    }

    private void write(int ms) {
        at.sent((long) ms * MS);
        queue.write(ms * MS);
    }

    private void ask(int ms) {
        at.asked((long) ms * MS);
        queue.lend(ms * MS);
    }

    private void tell(int readMs, int turn) {
        told.firstLatencyUs = 20_000;
        told.readIndex = (long) readMs * MS;
        told.writeIndex = queue.writeIndex();
        at.told(told, DVD, true, turn);
    }
}
