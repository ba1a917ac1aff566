package org.virtsound.audio.host;

import org.virtsound.audio.stream.SampleSpec;
import org.virtsound.audio.stream.StreamOpened;
import org.virtsound.audio.stream.Timing;

/**
 * How far the host is with a guest's playback stream: what it was sent and asks for, where it reads, and what the guest's indices are
 * ahead of its. Bytes and the guest's indices, unless it says the host's. Owned by the audio loop.
 */
final class HostPosition {
    private static final long UNKNOWN = Long.MIN_VALUE;

    private final PaceClock clock;
    /** What it has asked for and has not been sent; below 0 where it was sent more. */
    private long owed;

    /** From reading to hearing, as it said last; what was heard then, and when that was, while it plays on since. */
    private long latencyUs;

    private long heardIndex;
    private long heardAtNs = UNKNOWN;

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
        heardAtNs = UNKNOWN;
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
    }

    /**
     * It tells where it is.
     *
     * @param timing in its words; on return in the guest's
     * @param plays whether it goes on from there
     */
    void told(Timing timing, SampleSpec spec, boolean plays) {
        latencyUs = timing.firstLatencyUs;
        heardIndex = toGuest(timing.readIndex) - spec.bytesOf(latencyUs);
        heardAtNs = plays ? clock.nowNs() : UNKNOWN;
        timing.writeIndex = toGuest(timing.writeIndex);
        readTo(toGuest(timing.readIndex));
        timing.readIndex = lastReadIndex;
    }

    /**
     * Where it reads now. By its credit, what it has not asked for it still has: that is at most minReq behind the truth. Within
     * that, what was heard goes on from the last answer at the pace of time; the latency is what lies between, from now on.
     *
     * @param queue what the guest has written
     * @return between what was told last and what was written
     */
    long estimate(PlaybackQueue queue, SampleSpec spec) {
        long earliest = queue.writeIndex() - queue.attr().tLength() + owed;
        long readIndex = earliest;
        if (heardAtNs != UNKNOWN) {
            long heard = heardIndex + spec.bytesOf((clock.nowNs() - heardAtNs) / 1000);
            long likely = heard + spec.bytesOf(latencyUs);
            readIndex =
                    Math.max(earliest, Math.min(likely, earliest + queue.attr().minReq()));
            latencyUs = Math.max(0, spec.usOf(readIndex - heard));
        }
        return Math.max(lastReadIndex, Math.min(readIndex, queue.writeIndex()));
    }
}
