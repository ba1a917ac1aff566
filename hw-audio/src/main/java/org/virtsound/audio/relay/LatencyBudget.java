package org.virtsound.audio.relay;

import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.SampleSpec;

/**
 * How much of a guest's sound may be under way: what a stream asks of the host is brought within it.
 *
 * <p>A stream that leaves its buffer to the server gets the target, or all of the maximum where nobody set a target; one that asks
 * for a size gets that, up to the maximum. The host then refuses what would make it more: nothing is ever played late.
 *
 * @param targetMs null: whatever the guest likes, up to the maximum
 */
public record LatencyBudget(@Nullable Integer targetMs, int maxMs) {
    /** The default of the configuration. */
    public static final LatencyBudget DEFAULT = new LatencyBudget(30, 80);

    public LatencyBudget {
        if (maxMs < 1 || (targetMs != null && (targetMs < 1 || targetMs > maxMs))) {
            throw new IllegalArgumentException(
                    "latency: target " + targetMs + " ms, max " + maxMs + " ms (expected: 1 <= target <= max)");
        }
    }

    /** @return this budget as one guest's policy changes it */
    LatencyBudget under(GuestPolicy policy) {
        Integer target = policy.targetLatencyMs() == null ? targetMs : policy.targetLatencyMs();
        int max = policy.maxLatencyMs() == null ? maxMs : policy.maxLatencyMs();
        if (target != null && target > max) {
            // One was set without the other: what was set for this guest counts.
            return policy.maxLatencyMs() == null ? new LatencyBudget(target, target) : new LatencyBudget(max, max);
        }
        return new LatencyBudget(target, max);
    }

    BufferAttr playback(BufferAttr wanted, SampleSpec spec) {
        int tLength = length(wanted.tLength(), spec);
        int bound = Math.max(2 * tLength, bytes(maxMs, spec));
        int maxLength = wanted.maxLength() < 0 ? bound : Math.min(wanted.maxLength(), bound);
        return BufferAttr.playback(maxLength, tLength, wanted.prebuf(), wanted.minReq());
    }

    /**
     * Whether the host is to size its device's buffer so that the stream's length is all of the latency: where we chose the length,
     * and where a device as slow as the stream is long would pass the maximum.
     */
    boolean countsDevice(BufferAttr wanted, SampleSpec spec) {
        return wanted.tLength() < 0 || 2L * wanted.tLength() > bytes(maxMs, spec);
    }

    BufferAttr record(BufferAttr wanted, SampleSpec spec) {
        return BufferAttr.record(wanted.maxLength(), length(wanted.fragSize(), spec));
    }

    private int length(int wanted, SampleSpec spec) {
        Integer target = targetMs;
        return wanted < 0 ? bytes(target == null ? maxMs : target, spec) : Math.min(wanted, bytes(maxMs, spec));
    }

    private static int bytes(int ms, SampleSpec spec) {
        return (int) Math.min(spec.bytesOf(ms * 1000L), BufferAttr.MAX_LENGTH_MAX);
    }
}
