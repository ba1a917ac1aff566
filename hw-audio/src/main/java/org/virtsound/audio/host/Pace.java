package org.virtsound.audio.host;

import java.util.concurrent.TimeUnit;
import org.virtsound.audio.stream.SampleSpec;

/** Turns time into whole frames at one rate, exactly: nothing is lost or gained by how often it is asked. */
final class Pace {
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    /** Of more, it is asked again. */
    private static final long LONGEST_S = TimeUnit.DAYS.toSeconds(1);

    private final int frameBytes;
    private int rateHz;
    private long anchorNs;
    private long framesTaken;

    Pace(SampleSpec spec) {
        this.frameBytes = spec.frameBytes();
        this.rateHz = spec.rateHz();
    }

    void start(long nowNs) {
        anchorNs = nowNs;
        framesTaken = 0;
    }

    /** @param nowNs when the new rate begins; what was due before is taken at the old one, by the caller */
    void rate(int changedHz, long nowNs) {
        rateHz = changedHz;
        start(nowNs);
    }

    /** @return the bytes that went by since the start, or since they were last taken */
    long take(long nowNs) {
        long elapsed = nowNs - anchorNs;
        if (elapsed <= 0) {
            return 0;
        }
        long seconds = elapsed / SECOND_NS;
        long frames = seconds * rateHz + elapsed % SECOND_NS * rateHz / SECOND_NS;
        long taken = frames - framesTaken;
        // Whole seconds are whole frames: the anchor moves along without a rounding error.
        anchorNs += seconds * SECOND_NS;
        framesTaken = frames - seconds * rateHz;
        return taken * frameBytes;
    }

    /** @return when {@code bytes} more than what was taken will have gone by, or a day */
    long dueNs(long bytes) {
        long frames = framesTaken + (bytes + frameBytes - 1) / frameBytes;
        return anchorNs
                + Math.min(frames / rateHz, LONGEST_S) * SECOND_NS
                + (frames % rateHz * SECOND_NS + rateHz - 1) / rateHz;
    }
}
