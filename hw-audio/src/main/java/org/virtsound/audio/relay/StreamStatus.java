package org.virtsound.audio.relay;

import org.virtsound.audio.stream.SampleSpec;

/**
 * One stream of a guest, now.
 *
 * @param playback false: record
 * @param name the guest's name for it
 * @param bytes of audio since it was opened
 * @param underflows since it was opened
 * @param latencyUs last measured, -1 before
 * @param peakDbfs since the last time that this was asked, 0 at full scale, -120 for silence; NaN where it is not measured yet
 * @param live on the host's card, rather than on silence
 */
public record StreamStatus(
        boolean playback,
        String name,
        SampleSpec spec,
        boolean corked,
        long bytes,
        long underflows,
        long latencyUs,
        double peakDbfs,
        boolean live) {}
