package org.virtsound.audio.host;

import io.netty.buffer.ByteBuf;
import org.virtsound.audio.stream.SampleSpec;

/** Tells how long nothing but digital silence was written. Audible audio costs a look at its first bytes. */
final class SilenceDetector {
    private final long lastsBytes;
    private final byte silent;
    private final long silentWord;
    private long silentBytes;

    /** @param afterS the length that counts, seconds; 0 for never */
    SilenceDetector(SampleSpec spec, int afterS) {
        this.lastsBytes = afterS == 0 ? Long.MAX_VALUE : (long) afterS * spec.rateHz() * spec.frameBytes();
        this.silent = spec.format().silence();
        this.silentWord = (silent & 0xFFL) * 0x0101_0101_0101_0101L;
    }

    /** @return whether there is anything but silence in the readable bytes, which stay as they are */
    boolean audible(ByteBuf block) {
        int at = block.readerIndex();
        int end = block.writerIndex();
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            if (block.getLong(at) != silentWord) {
                return heard();
            }
        }
        for (; at < end; at++) {
            if (block.getByte(at) != silent) {
                return heard();
            }
        }
        silentBytes += block.readableBytes();
        return false;
    }

    /** @return whether silence has lasted long enough */
    boolean lasts() {
        return silentBytes >= lastsBytes;
    }

    void reset() {
        silentBytes = 0;
    }

    private boolean heard() {
        silentBytes = 0;
        return true;
    }
}
