package org.virtsound.audio.pulse;

import io.netty.buffer.ByteBuf;
import org.virtsound.audio.stream.SeekMode;

/**
 * Frame headers, written. A control frame is written in one buffer between {@link #beginControl} and {@link #endControl}; a block
 * of audio keeps its payload untouched: the header goes into the room before it where there is some, else as a buffer of its own.
 *
 * <p>Source: native-protocol.md, 1.
 */
public final class Frames {
    public static final int HEADER_BYTES = 20;
    /** The most that the protocol allows in one frame. */
    public static final int LENGTH_MAX = 16 << 20;
    /** The longest block that servers and libpulse send inline; keep to it. */
    public static final int MEMBLOCK_USUAL_MAX = 65_472;

    static final int CONTROL_CHANNEL = -1;
    /** Two tagged u32: command and tag. */
    static final int CONTROL_MIN = 10;

    static final int SEEK_MASK = 0xFF;
    static final int SEEK_MAX = 3;

    private Frames() {}

    /** @return where the frame starts, for {@link #endControl} */
    public static int beginControl(ByteBuf out) {
        int start = out.writerIndex();
        out.writeInt(0).writeInt(CONTROL_CHANNEL).writeLong(0).writeInt(0);
        return start;
    }

    /** Fills in the length of the frame that starts at {@code start} and ends where {@code out} is written up to. */
    public static void endControl(ByteBuf out, int start) {
        out.setInt(start, out.writerIndex() - start - HEADER_BYTES);
    }

    /** Writes the 20 bytes that come before {@code lengthBytes} of PCM. */
    public static void memblockHeader(ByteBuf out, int lengthBytes, int channel, long offsetBytes, SeekMode seek) {
        checkMemblock(lengthBytes, channel);
        out.writeInt(lengthBytes).writeInt(channel).writeLong(offsetBytes).writeInt(seek.code());
    }

    /**
     * Writes them into the room before {@code pcm}, which then begins with them.
     *
     * @return false where there is no room
     */
    public static boolean prependMemblockHeader(ByteBuf pcm, int channel, long offsetBytes, SeekMode seek) {
        int start = pcm.readerIndex() - HEADER_BYTES;
        if (start < 0) {
            return false;
        }
        checkMemblock(pcm.readableBytes(), channel);
        pcm.setInt(start, pcm.readableBytes()).setInt(start + 4, channel);
        pcm.setLong(start + 8, offsetBytes).setInt(start + 16, seek.code());
        pcm.readerIndex(start);
        return true;
    }

    private static void checkMemblock(int lengthBytes, int channel) {
        if (lengthBytes < 1 || lengthBytes > LENGTH_MAX) {
            throw new IllegalArgumentException("length: " + lengthBytes + " (expected: 1.." + LENGTH_MAX + ")");
        }
        if (channel == CONTROL_CHANNEL) {
            throw new IllegalArgumentException("channel: -1 is the control channel's");
        }
    }
}
