package org.virtsound.plugin.qubes;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.CorruptedFrameException;
import org.jspecify.annotations.Nullable;

/**
 * One message of QubesDB: a header of 72 bytes {type u8, path 64, padding 3, length u32 little-endian}, then the data.
 *
 * <p>Source: qubes-audio.md, 6 (c).
 *
 * @param path at most 63 bytes
 */
record QubesDbMessage(int type, String path, String data) {
    static final int READ = 0;
    static final int WRITE = 1;
    static final int RM = 4;
    static final int WATCH = 5;
    static final int UNWATCH = 6;
    static final int OK = 7;
    static final int NOENT = 8;
    static final int ERROR = 9;
    static final int READ_ANSWER = 10;
    static final int WATCH_EVENT = 13;

    static final int PATH_MAX_BYTES = 63;
    private static final int PATH_FIELD_BYTES = 64;
    private static final int PADDING_BYTES = 3;
    private static final int LENGTH_OFFSET = 1 + PATH_FIELD_BYTES + PADDING_BYTES;
    private static final int HEADER_BYTES = LENGTH_OFFSET + 4;
    private static final int DATA_MAX_BYTES = 3072;

    void write(ByteBuf out) {
        byte[] name = path.getBytes(US_ASCII);
        byte[] bytes = data.getBytes(US_ASCII);
        out.writeByte(type).writeBytes(name).writeZero(PATH_FIELD_BYTES - name.length + PADDING_BYTES);
        out.writeIntLE(bytes.length).writeBytes(bytes);
    }

    /** @return null where it is not all there yet */
    static @Nullable QubesDbMessage read(ByteBuf in) {
        if (in.readableBytes() < HEADER_BYTES) {
            return null;
        }
        int start = in.readerIndex();
        long lengthBytes = in.getUnsignedIntLE(start + LENGTH_OFFSET);
        if (lengthBytes > DATA_MAX_BYTES) {
            throw new CorruptedFrameException(
                    "QubesDB data: " + lengthBytes + " bytes (expected: <= " + DATA_MAX_BYTES + ")");
        }
        if (in.readableBytes() < HEADER_BYTES + lengthBytes) {
            return null;
        }
        int type = in.readUnsignedByte();
        int end = in.indexOf(start + 1, start + 1 + PATH_FIELD_BYTES, (byte) 0);
        int pathBytes = end < 0 ? PATH_FIELD_BYTES : end - start - 1;
        String path = in.toString(start + 1, pathBytes, US_ASCII);
        in.readerIndex(start + HEADER_BYTES);
        return new QubesDbMessage(
                type, path, in.readCharSequence((int) lengthBytes, US_ASCII).toString());
    }
}
