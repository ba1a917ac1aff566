package org.virtsound.audio.pulse;

import io.netty.buffer.ByteBuf;
import org.virtsound.audio.stream.SeekMode;

/** What a {@link FrameDecoder} found, on the channel's event loop, in the order of the wire. */
public interface FrameListener {
    /**
     * @param packet a tagstruct of at least two values; lent for the call: not to be kept, not to be released
     * @throws ProtocolException when its content is bad; the decoder then closes the connection
     */
    void control(ByteBuf packet);

    /**
     * @param channel as the peer numbers its streams; it may name none (a stream just deleted): that is no error
     * @param offsetBytes signed, counted from where {@code seek} says
     * @param payload 1 byte or more, not always whole frames (native-protocol.md, 1); owned by the listener, which releases it or
     *     passes it on, with the room before its reader index. It may keep a whole receive buffer alive: who queues blocks bounds
     *     their number too, not only their bytes
     */
    void memblock(int channel, long offsetBytes, SeekMode seek, ByteBuf payload);
}
