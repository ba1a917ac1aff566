package org.virtsound.audio.pulse;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelMap;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.SampleSpec;

/**
 * Writes a tagstruct value by value; one writer serves one connection and belongs to its event loop. Primitives allocate nothing.
 *
 * <p>Source: native-protocol.md, 2.1.
 */
public final class TagWriter {
    /** libpulse's "unset": format -1, no channels, no rate. */
    private static final int FORMAT_UNSET = 0xFF;

    private ByteBuf out = Unpooled.EMPTY_BUFFER;

    /** @param packet written to from now on; stays the caller's */
    public TagWriter reset(ByteBuf packet) {
        out = packet;
        return this;
    }

    public TagWriter u32(int value) {
        out.writeByte(Tag.U32).writeInt(value);
        return this;
    }

    public TagWriter u8(int value) {
        out.writeByte(Tag.U8).writeByte(value);
        return this;
    }

    public TagWriter u64(long value) {
        out.writeByte(Tag.U64).writeLong(value);
        return this;
    }

    public TagWriter s64(long value) {
        out.writeByte(Tag.S64).writeLong(value);
        return this;
    }

    public TagWriter bool(boolean value) {
        out.writeByte(value ? Tag.TRUE : Tag.FALSE);
        return this;
    }

    /** @param value seconds in the upper, microseconds in the lower half */
    public TagWriter timeval(long value) {
        out.writeByte(Tag.TIMEVAL).writeLong(value);
        return this;
    }

    public TagWriter timeval(int seconds, int microseconds) {
        out.writeByte(Tag.TIMEVAL).writeInt(seconds).writeInt(microseconds);
        return this;
    }

    public TagWriter usec(long value) {
        out.writeByte(Tag.USEC).writeLong(value);
        return this;
    }

    public TagWriter volume(int value) {
        out.writeByte(Tag.VOLUME).writeInt(value);
        return this;
    }

    /** @throws IllegalArgumentException when it has a NUL, which would end it */
    public TagWriter string(@Nullable String value) {
        if (value == null) {
            out.writeByte(Tag.STRING_NULL);
            return this;
        }
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("string: a NUL at " + value.indexOf('\0'));
        }
        out.writeByte(Tag.STRING);
        ByteBufUtil.writeUtf8(out, value);
        out.writeByte(0);
        return this;
    }

    public TagWriter arbitrary(byte[] value) {
        out.writeByte(Tag.ARBITRARY).writeInt(value.length).writeBytes(value);
        return this;
    }

    public TagWriter sampleSpec(@Nullable SampleSpec value) {
        out.writeByte(Tag.SAMPLE_SPEC);
        if (value == null) {
            out.writeByte(FORMAT_UNSET).writeByte(0).writeInt(0);
        } else {
            out.writeByte(value.format().code()).writeByte(value.channels()).writeInt(value.rateHz());
        }
        return this;
    }

    public TagWriter channelMap(@Nullable ChannelMap value) {
        out.writeByte(Tag.CHANNEL_MAP);
        if (value == null) {
            out.writeByte(0);
            return this;
        }
        out.writeByte(value.positions().size());
        value.positions().forEach(out::writeByte);
        return this;
    }

    public TagWriter channelVolumes(@Nullable ChannelVolumes value) {
        out.writeByte(Tag.CVOLUME);
        if (value == null) {
            out.writeByte(0);
            return this;
        }
        out.writeByte(value.volumes().size());
        value.volumes().forEach(out::writeInt);
        return this;
    }

    public TagWriter proplist(Proplist value) {
        out.writeByte(Tag.PROPLIST);
        value.forEach((key, bytes) -> string(key).u32(bytes.length).arbitrary(bytes));
        return string(null);
    }

    public TagWriter formatInfo(FormatInfo value) {
        out.writeByte(Tag.FORMAT_INFO);
        return u8(value.encoding()).proplist(value.properties());
    }

    TagWriter flag(Set<StreamFlag> flags, StreamFlag flag) {
        return bool(flags.contains(flag));
    }

    TagWriter conversionFlags(Set<StreamFlag> flags) {
        for (StreamFlag flag : StreamFlag.CONVERSION) {
            flag(flags, flag);
        }
        return this;
    }

    TagWriter formats(List<FormatInfo> formats) {
        u8(formats.size());
        formats.forEach(this::formatInfo);
        return this;
    }

    /** Writes them and the null string that ends them. */
    TagWriter strings(List<String> strings) {
        strings.forEach(this::string);
        return string(null);
    }

    TagWriter bufferAttr(Direction direction, BufferAttr attr) {
        u32(attr.maxLength());
        return direction == Direction.PLAYBACK
                ? u32(attr.tLength()).u32(attr.prebuf()).u32(attr.minReq())
                : u32(attr.fragSize());
    }
}
