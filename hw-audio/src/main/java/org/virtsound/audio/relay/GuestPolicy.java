package org.virtsound.audio.relay;

import org.jspecify.annotations.Nullable;

/**
 * What a guest may do, and how it sounds; what the user did not set is null and left to the host's memory.
 *
 * @param playback whether it may play; where not, its streams run on silence
 * @param sink the host's sink, null for the default
 * @param volumePercent 0..150, null untouched
 * @param mute null untouched
 * @param capture the microphone's rule
 * @param source the host's source, null for the default
 * @param captureVolumePercent 0..150, null untouched
 * @param targetLatencyMs the buffer to ask the host for, null for the service's default
 * @param maxLatencyMs the bound that is held, null for the service's default
 */
public record GuestPolicy(
        boolean playback,
        @Nullable String sink,
        @Nullable Integer volumePercent,
        @Nullable Boolean mute,
        CapturePolicy capture,
        @Nullable String source,
        @Nullable Integer captureVolumePercent,
        @Nullable Integer targetLatencyMs,
        @Nullable Integer maxLatencyMs) {
    /** An empty {@code <audio/>}: playback on, capture ask, volume untouched. */
    public static final GuestPolicy DEFAULT =
            new GuestPolicy(true, null, null, null, CapturePolicy.ASK, null, null, null, null);
}
