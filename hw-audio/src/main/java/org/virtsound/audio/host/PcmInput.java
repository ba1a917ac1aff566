package org.virtsound.audio.host;

import io.netty.buffer.ByteBuf;

/** Where a clocked record stream's samples come from. Owned by the audio loop, through its stream. */
interface PcmInput {
    /**
     * @param dueBytes that went by and were not read
     * @return how many can be read now
     */
    default long ready(long dueBytes) {
        return dueBytes;
    }

    /** @return the next {@code bytes}, whole frames; ownership passes to the caller */
    ByteBuf read(int bytes);

    /** @return the most that {@link #read} has at once */
    int longest(int frameBytes);

    /** Recording starts now, or goes on after {@link #stop}: what came in between is not wanted. */
    default void start() {}

    default void stop() {}

    default void close() {}
}
