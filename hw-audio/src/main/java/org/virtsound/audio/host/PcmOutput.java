package org.virtsound.audio.host;

import java.nio.ByteBuffer;

/** Where a paced stream's samples go, and how fast: a new backend is one of these. Owned by the audio loop, through its stream. */
interface PcmOutput {
    /** Playing starts now, or goes on after {@link #stop}. */
    void start(long nowNs);

    /** @return bytes that went by, or that fit, since they were last taken; whole frames */
    long take(long nowNs);

    /** @return when {@code bytes} more can be taken */
    long dueNs(long bytes);

    /** @param pcm the next bytes to be heard; lent for the call */
    default void play(ByteBuffer pcm) {}

    /** @return whether {@link #play} wants the samples; where not, nothing is kept of them */
    default boolean wantsSamples() {
        return false;
    }

    /** Nothing is played from now on: corked, or run dry. What was handed over is still heard. */
    default void stop() {}

    /** What was handed over and not heard is dropped. */
    default void flush() {}

    /** @return how long what was handed over takes to be heard */
    default long latencyUs() {
        return 0;
    }

    void rate(int rateHz, long nowNs);

    default void close() {}
}
