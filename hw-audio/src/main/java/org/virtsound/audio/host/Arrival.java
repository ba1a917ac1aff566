package org.virtsound.audio.host;

/**
 * A stream's coming (back) to the host while it plays on the clock: what the host was sent to begin with. From that and the host's
 * first word of where it is follows how far it is behind the clock, and so what has to be left out. Indices are the guest's, bytes.
 *
 * @param start what the host's first byte is, silence included
 * @param sent up to where the host has it
 * @param uncut nothing from here on may be left out
 * @param hostStart the host's own index of its first byte
 */
record Arrival(long start, long sent, long uncut, long hostStart) {
    /** @return less than 0: the host is ahead of the clock */
    long behind(long hostReadIndex, long hostLatencyBytes, long clockHeard) {
        return clockHeard - (start + (hostReadIndex - hostStart) - hostLatencyBytes);
    }

    /** @return what is left out of {@code behind}, within what may be */
    long skipped(long behind) {
        return Math.max(0, Math.min(behind, uncut - sent));
    }
}
