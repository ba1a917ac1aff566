package org.virtsound.audio.stream;

/** A stream from the host's microphone. */
public interface RecordStream extends Stream {
    /**
     * A brake for a reader that is behind: false holds fragments back, true lets them flow. What is held back is bounded; the
     * oldest goes first and is counted.
     */
    void reading(boolean on);
}
