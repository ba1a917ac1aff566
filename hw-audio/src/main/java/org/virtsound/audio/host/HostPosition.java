package org.virtsound.audio.host;

import java.util.concurrent.TimeUnit;
import org.virtsound.audio.stream.SampleSpec;
import org.virtsound.audio.stream.StreamOpened;
import org.virtsound.audio.stream.Timing;

/**
 * How far the host is with a guest's playback stream: what it was sent and asks for, where it reads, and what the guest's indices are
 * ahead of its. Bytes and the guest's indices, unless it says the host's. Owned by the audio loop.
 */
final class HostPosition {
    private static final long UNKNOWN = Long.MIN_VALUE;
    /** So long its word holds: two clocks that differ by 100 ppm, which is much, are 0.1 ms apart by then. */
    private static final long FRESH_NS = TimeUnit.SECONDS.toNanos(1);
    /** So long it may be late with a new one. */
    private static final long STALE_NS = 3 * FRESH_NS;

    private final PaceClock clock;
    /** What it has asked for and has not been sent; below 0 where it was sent more. */
    private long owed;

    /** From reading to hearing, where it was told or reckoned last. */
    private long latencyUs;

    /** So as it said last; what was heard then, and when that was, while it plays on since. */
    private long toldLatencyUs;

    private long heardIndex;
    private long heardAtNs = UNKNOWN;
    /** Whether what it tells goes on evenly; where not, what it told last says too little of now. */
    private boolean evenly;
    /** What was played since it last started, less the read index. */
    private long playedBefore;
    /** Counts how often it ceased to play on evenly: what it was asked before says nothing of now. */
    private int turn;

    private long ahead;
    /** To be left out of what the guest writes next: the host is behind by that. */
    private long behind;
    /** Nothing from here on may be left out at its next taking over. */
    private long uncut = Long.MAX_VALUE;

    private long lastReadIndex;

    HostPosition(PaceClock clock) {
        this.clock = clock;
    }

    /** A stream on the host that nothing was sent to. */
    void opened(StreamOpened told) {
        owed = told.creditBytes();
        latencyUs = told.deviceLatencyUs();
    }

    /**
     * It takes the stream over.
     *
     * @param guestsAhead what the guest's indices are ahead of its
     * @param behindBytes what it is behind by, and is to be left out of what the guest writes next
     */
    void begin(long guestsAhead, long behindBytes) {
        ahead = guestsAhead;
        behind = behindBytes;
        uncut = Long.MAX_VALUE;
        forgetHeard();
    }

    /** Something audible begins at {@code index}, which is to be heard whole. */
    void uncutFrom(long index) {
        uncut = Math.min(uncut, index);
    }

    /** @return from where on nothing may be left out at its taking over */
    long uncut() {
        return uncut;
    }

    void asked(long bytes) {
        owed += bytes;
    }

    void sent(long bytes) {
        owed -= bytes;
    }

    /**
     * The guest has written {@code bytes}, which count as sent.
     *
     * @return how many of them the host is not to get, since it is behind; it has as many others to get yet
     */
    int leaveOut(int bytes) {
        int left = (int) Math.min(behind, bytes);
        if (left > 0) {
            forgetHeard();
        }
        behind -= left;
        ahead += left;
        owed += left;
        return left;
    }

    long owed() {
        return owed;
    }

    /** @return from reading to hearing */
    long latencyUs() {
        return latencyUs;
    }

    long toHost(long guestIndex) {
        return guestIndex - ahead;
    }

    long toGuest(long hostIndex) {
        return hostIndex + ahead;
    }

    void readTo(long index) {
        lastReadIndex = Math.max(lastReadIndex, index);
    }

    /** @return as far as anybody said, and never less than before */
    long lastReadIndex() {
        return lastReadIndex;
    }

    /** It does not play on evenly from what it told last. */
    void forgetHeard() {
        heardAtNs = UNKNOWN;
        turn++;
    }

    /** @return to be handed to {@link #told} with the answer to what it is asked now */
    int turn() {
        return turn;
    }

    /**
     * It tells where it is.
     *
     * @param timing in its words; on return in the guest's
     * @param plays whether it goes on from there
     * @param askedIn the {@link #turn} in which it was asked
     */
    void told(Timing timing, SampleSpec spec, boolean plays, int askedIn) {
        toldLatencyUs = timing.firstLatencyUs;
        heardIndex = toGuest(timing.readIndex) - spec.bytesOf(toldLatencyUs);
        heardAtNs = plays && askedIn == turn ? clock.nowNs() : UNKNOWN;
        readTo(toGuest(timing.readIndex));
        latencyUs = toldLatencyUs + spec.usOf(lastReadIndex - toGuest(timing.readIndex));
        evenly = timing.evenly;
        playedBefore = timing.playingFor - lastReadIndex;
        timing.firstLatencyUs = latencyUs;
        timing.writeIndex = toGuest(timing.writeIndex);
        timing.readIndex = lastReadIndex;
    }

    /** @return whether it is time to ask it again, for {@link #isSure} to go on */
    boolean isStale() {
        return clock.nowNs() - heardAtNs > FRESH_NS;
    }

    /**
     * @param queue what the guest has written
     * @return whether {@link #tell} says what the host would: it plays on evenly from what it told last, and what it has asked for
     *     since is not less than what must have been heard
     */
    boolean isSure(PlaybackQueue queue, SampleSpec spec) {
        if (!evenly || heardAtNs == UNKNOWN || clock.nowNs() - heardAtNs > STALE_NS) {
            return false;
        }
        long heard = heard(spec);
        return heard <= byCredit(queue) + queue.attr().minReq() && heard < queue.writeIndex();
    }

    /** Says in its place where it is, once {@link #isSure}. */
    void tell(Timing timing, PlaybackQueue queue, SampleSpec spec) {
        readTo(within(likely(queue, spec), queue));
        latencyUs = spec.usOf(lastReadIndex - heard(spec));
        timing.firstLatencyUs = latencyUs;
        timing.secondLatencyUs = 0;
        timing.running = true;
        timing.answeredAt(clock.wallUs());
        timing.writeIndex = queue.writeIndex();
        timing.readIndex = lastReadIndex;
        timing.underrunFor = 0;
        timing.playingFor = playedBefore + lastReadIndex;
    }

    /**
     * Where it reads now, for who takes over. By its credit, what it has not asked for it still has: that is at most minReq behind the
     * truth. Within that, what was heard goes on from the last answer at the pace of time; the latency is what lies between, from now
     * on.
     *
     * @param queue what the guest has written
     * @return between what was told last and what was written
     */
    long estimate(PlaybackQueue queue, SampleSpec spec) {
        long earliest = byCredit(queue);
        if (heardAtNs == UNKNOWN) {
            return within(earliest, queue);
        }
        long readIndex = within(Math.max(earliest, likely(queue, spec)), queue);
        latencyUs = Math.max(0, spec.usOf(readIndex - heard(spec)));
        return readIndex;
    }

    /** As far as it reads by the time, and not further than its credit allows. */
    private long likely(PlaybackQueue queue, SampleSpec spec) {
        long byTime = heard(spec) + spec.bytesOf(toldLatencyUs);
        return Math.min(byTime, byCredit(queue) + queue.attr().minReq());
    }

    private long byCredit(PlaybackQueue queue) {
        return queue.writeIndex() - queue.attr().tLength() + owed;
    }

    private long heard(SampleSpec spec) {
        return heardIndex + spec.bytesOf((clock.nowNs() - heardAtNs) / 1000);
    }

    private long within(long readIndex, PlaybackQueue queue) {
        return Math.max(lastReadIndex, Math.min(readIndex, queue.writeIndex()));
    }
}
