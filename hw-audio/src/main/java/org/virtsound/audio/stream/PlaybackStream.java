package org.virtsound.audio.stream;

import io.netty.buffer.ByteBuf;

/** A stream to the host's card. */
public interface PlaybackStream extends Stream {
    /**
     * @param block PCM; ownership passes to the stream, with the room before its reader index; the payload is never copied
     * @param mode where {@code offsetBytes} counts from
     */
    void write(ByteBuf block, SeekMode mode, long offsetBytes);

    /** The reply comes when all that was written has been heard. */
    void drain(Reply reply);

    void prebuf(Reply reply);

    void trigger(Reply reply);
}
