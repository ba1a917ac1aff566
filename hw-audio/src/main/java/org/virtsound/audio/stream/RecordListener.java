package org.virtsound.audio.stream;

import io.netty.buffer.ByteBuf;

/** What a record stream tells its owner, on the audio loop. */
public interface RecordListener extends StreamListener {
    /** @param fragment PCM; ownership passes to the listener */
    void fragment(ByteBuf fragment);
}
