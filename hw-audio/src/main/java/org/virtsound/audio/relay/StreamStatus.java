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
        boolean live) {}
