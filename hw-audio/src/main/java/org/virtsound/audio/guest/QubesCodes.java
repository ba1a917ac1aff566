package org.virtsound.audio.guest;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import org.virtsound.audio.vchan.Vchan;

/**
 * What a Qubes guest has said of its two streams: 4-byte little-endian codes on the capture channel. It may say nothing at all:
 * then it plays and does not want the microphone. Owned by the audio loop, as its buffer is.
 *
 * <p>Source: qubes-audio.md, 3.
 */
final class QubesCodes {
    private static final int MIC_WANTED = 0x00010001;
    private static final int MIC_UNWANTED = 0x00010000;
    private static final int UNCORK = 0x00020001;
    private static final int CORK = 0x00020000;
    private static final int CODE_BYTES = 4;
    private static final int READ_MAX_BYTES = 64 * CODE_BYTES;

    private final ByteBuf in = PooledByteBufAllocator.DEFAULT.directBuffer(READ_MAX_BYTES, READ_MAX_BYTES);
    private boolean playing = true;
    private boolean micWanted;

    /** Reads what is there, 64 codes at most; of several that speak of one stream the last counts, one that is not known is skipped. */
    int read(Vchan channel) {
        int got = channel.read(in, in.writableBytes());
        while (in.readableBytes() >= CODE_BYTES) {
            switch (in.readIntLE()) {
                case MIC_WANTED -> micWanted = true;
                case MIC_UNWANTED -> micWanted = false;
                case UNCORK -> playing = true;
                case CORK -> playing = false;
                default -> {}
            }
        }
        in.discardReadBytes();
        return got;
    }

    boolean playing() {
        return playing;
    }

    boolean micWanted() {
        return micWanted;
    }

    void release() {
        in.release();
    }
}
