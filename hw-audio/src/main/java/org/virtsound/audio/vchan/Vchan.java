package org.virtsound.audio.vchan;

import io.netty.buffer.ByteBuf;

/**
 * One open channel: a ring of bytes each way, whose sizes are the peer's choice. Nothing blocks; all calls are made on the audio
 * loop, with direct buffers. What changes is told by {@link VchanListener#rung}.
 *
 * <p>Source: qubes-audio.md, 7 and 8.
 */
public interface Vchan {
    /** What lies unread at the peer is kept to this, or to its ring where that is smaller: 46 ms of 44.1 kHz stereo. */
    int UNREAD_MAX_BYTES = 8 << 10;

    /**
     * Appends what is there to {@code into}.
     *
     * @param maxBytes more than 0, and at most what {@code into} has room for
     * @return bytes read; 0 where nothing is there, and the peer will ring once there is; -1 where it has closed and nothing is left
     */
    int read(ByteBuf into, int maxBytes);

    /**
     * Takes from {@code from} what the peer has room for.
     *
     * @return bytes written; fewer than there are where the peer has no room, and it will ring once it has; -1 where it has closed
     */
    int write(ByteBuf from);

    /** @return whether the peer is there; what it wrote before it went can still be read */
    boolean isOpen();

    /** Lets go of the channel; the listener hears nothing more. */
    void close();
}
