package org.virtsound.audio.pulse;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelMap;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.SampleFormat;
import org.virtsound.audio.stream.SampleSpec;

/**
 * Reads a tagstruct value by value; one reader serves one connection for all of its packets and belongs to its event loop. Every
 * method throws {@link ProtocolException} where the next value is of another type, cut off, or out of its bounds. Primitives
 * allocate nothing.
 *
 * <p>Source: native-protocol.md, 2.1.
 */
public final class TagReader {
    private final TagLimits limits;
    private ByteBuf in = Unpooled.EMPTY_BUFFER;

    public TagReader(TagLimits limits) {
        this.limits = Objects.requireNonNull(limits, "limits is null");
    }

    /** @param packet lent until the next call of this method */
    public TagReader reset(ByteBuf packet) {
        in = packet;
        return this;
    }

    /** @return the type byte of the next value, 0..255; -1 at the end */
    public int peek() {
        return in.isReadable() ? in.getUnsignedByte(in.readerIndex()) : -1;
    }

    public boolean hasMore() {
        return in.isReadable();
    }

    /** Nothing may be left: both ends of the protocol are strict about it. */
    public void end() {
        if (in.isReadable()) {
            throw new ProtocolException("bytes behind the last value: " + in.readableBytes() + " (expected: 0)");
        }
    }

    /** @return unsigned; -1 is the protocol's "none" */
    public int u32() {
        expect(Tag.U32, 4);
        return in.readInt();
    }

    public int u8() {
        expect(Tag.U8, 1);
        return in.readUnsignedByte();
    }

    public long u64() {
        expect(Tag.U64, 8);
        return in.readLong();
    }

    public long s64() {
        expect(Tag.S64, 8);
        return in.readLong();
    }

    public boolean bool() {
        int type = peek();
        if (type != Tag.TRUE && type != Tag.FALSE) {
            throw unexpected(Tag.TRUE, type);
        }
        in.skipBytes(1);
        return type == Tag.TRUE;
    }

    /** @return seconds in the upper, microseconds in the lower half */
    public long timeval() {
        expect(Tag.TIMEVAL, 8);
        return in.readLong();
    }

    public long usec() {
        expect(Tag.USEC, 8);
        return in.readLong();
    }

    /** @return one volume, unsigned, not checked */
    public int volume() {
        expect(Tag.VOLUME, 4);
        return in.readInt();
    }

    /** @return the string; bytes that are not UTF-8 become U+FFFD */
    public String string() {
        String value = stringOrNull();
        if (value == null) {
            throw new ProtocolException("string: null (expected: a text)");
        }
        return value;
    }

    public @Nullable String stringOrNull() {
        if (peek() == Tag.STRING_NULL) {
            in.skipBytes(1);
            return null;
        }
        expect(Tag.STRING, 1);
        int start = in.readerIndex();
        int searched = (int) Math.min(in.readableBytes(), limits.stringBytes() + 1L);
        int length = in.bytesBefore(searched, (byte) 0);
        if (length < 0) {
            throw new ProtocolException("string: no NUL in " + searched + " bytes (expected: <= " + limits.stringBytes()
                    + " bytes and a NUL)");
        }
        in.skipBytes(length + 1);
        return in.toString(start, length, StandardCharsets.UTF_8);
    }

    /** @return a copy, {@code exactBytes} long */
    public byte[] arbitrary(int exactBytes) {
        int length = arbitraryLength();
        if (length != exactBytes) {
            throw new ProtocolException("arbitrary's length: " + length + " (expected: " + exactBytes + ")");
        }
        return bytes(length);
    }

    /** @return a copy of whatever length there is */
    public byte[] arbitrary() {
        return bytes(arbitraryLength());
    }

    public SampleSpec sampleSpec() {
        expect(Tag.SAMPLE_SPEC, 6);
        int format = in.readUnsignedByte();
        int channels = in.readUnsignedByte();
        int rateHz = in.readInt();
        return checked(() -> new SampleSpec(SampleFormat.of(format), channels, rateHz));
    }

    /** @return null where it is unset (libpulse's way with a list of formats) or no spec that PulseAudio would take */
    public @Nullable SampleSpec sampleSpecOrNull() {
        expect(Tag.SAMPLE_SPEC, 6);
        int format = in.readUnsignedByte();
        int channels = in.readUnsignedByte();
        int rateHz = in.readInt();
        boolean valid = format < SampleFormat.values().length
                && channels >= 1
                && channels <= SampleSpec.CHANNELS_MAX
                && rateHz >= 1
                && rateHz <= SampleSpec.RATE_MAX_HZ;
        return valid ? new SampleSpec(SampleFormat.of(format), channels, rateHz) : null;
    }

    public ChannelMap channelMap() {
        return checked(() -> new ChannelMap(positions()));
    }

    /** @return null where it has no channels or a position that does not exist */
    public @Nullable ChannelMap channelMapOrNull() {
        List<Integer> positions = positions();
        boolean valid = !positions.isEmpty() && positions.stream().allMatch(p -> p <= ChannelMap.POSITION_MAX);
        return valid ? new ChannelMap(positions) : null;
    }

    public ChannelVolumes channelVolumes() {
        return checked(() -> new ChannelVolumes(volumes()));
    }

    /** @return null where it has no channels or a volume above the maximum */
    public @Nullable ChannelVolumes channelVolumesOrNull() {
        List<Integer> volumes = volumes();
        boolean valid = !volumes.isEmpty() && volumes.stream().allMatch(v -> v >= 0);
        return valid ? new ChannelVolumes(volumes) : null;
    }

    public Proplist proplist() {
        expect(Tag.PROPLIST, 1);
        LinkedHashMap<String, byte[]> values = new LinkedHashMap<>();
        for (int entries = 1; ; entries++) {
            String key = stringOrNull();
            if (key == null) {
                return values.isEmpty() ? Proplist.EMPTY : new Proplist(values);
            }
            if (entries > limits.proplistEntries()) {
                throw new ProtocolException("property list's entries: more than " + limits.proplistEntries());
            }
            if (!Proplist.validKey(key)) {
                throw new ProtocolException("property key: not printable ASCII, or empty");
            }
            values.put(key, arbitrary(u32()));
        }
    }

    public FormatInfo formatInfo() {
        expect(Tag.FORMAT_INFO, 2);
        int encoding = u8();
        return new FormatInfo(encoding, proplist());
    }

    /** Reads one switch and puts {@code flag} into {@code flags} where it is on. */
    void flag(Set<StreamFlag> flags, StreamFlag flag) {
        if (bool()) {
            flags.add(flag);
        }
    }

    /** The seven switches that both kinds of streams have in a row since version 12. */
    void conversionFlags(Set<StreamFlag> flags) {
        for (StreamFlag flag : StreamFlag.CONVERSION) {
            flag(flags, flag);
        }
    }

    List<FormatInfo> formats() {
        int count = u8();
        List<FormatInfo> formats = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            formats.add(formatInfo());
        }
        return formats;
    }

    /** @return strings up to a null string */
    List<String> strings() {
        List<String> strings = new ArrayList<>();
        for (String next = stringOrNull(); next != null; next = stringOrNull()) {
            if (strings.size() == limits.proplistEntries()) {
                throw new ProtocolException("strings: more than " + limits.proplistEntries());
            }
            strings.add(next);
        }
        return strings;
    }

    BufferAttr bufferAttr(Direction direction) {
        return direction == Direction.PLAYBACK
                ? BufferAttr.playback(u32(), u32(), u32(), u32())
                : BufferAttr.record(u32(), u32());
    }

    private List<Integer> positions() {
        int channels = channels(Tag.CHANNEL_MAP, 1);
        List<Integer> positions = new ArrayList<>(channels);
        for (int i = 0; i < channels; i++) {
            positions.add((int) in.readUnsignedByte());
        }
        return positions;
    }

    private List<Integer> volumes() {
        int channels = channels(Tag.CVOLUME, 4);
        List<Integer> volumes = new ArrayList<>(channels);
        for (int i = 0; i < channels; i++) {
            volumes.add(in.readInt());
        }
        return volumes;
    }

    private int channels(byte type, int bytesEach) {
        expect(type, 1);
        int channels = in.readUnsignedByte();
        if (channels > SampleSpec.CHANNELS_MAX) {
            throw new ProtocolException("channels: " + channels + " (expected: <= " + SampleSpec.CHANNELS_MAX + ")");
        }
        need(channels * bytesEach);
        return channels;
    }

    private int arbitraryLength() {
        expect(Tag.ARBITRARY, 4);
        int length = in.readInt();
        if (Integer.compareUnsigned(length, limits.arbitraryBytes()) > 0) {
            throw new ProtocolException("arbitrary's length: " + Integer.toUnsignedString(length) + " (expected: <= "
                    + limits.arbitraryBytes() + ")");
        }
        need(length);
        return length;
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        in.readBytes(bytes);
        return bytes;
    }

    private void expect(byte type, int bytes) {
        int found = peek();
        if (found != type) {
            throw unexpected(type, found);
        }
        in.skipBytes(1);
        need(bytes);
    }

    private void need(int bytes) {
        if (in.readableBytes() < bytes) {
            throw new ProtocolException(
                    "value cut off: " + in.readableBytes() + " bytes left (expected: >= " + bytes + ")");
        }
    }

    private static ProtocolException unexpected(byte expected, int found) {
        return new ProtocolException("value's type: " + (found < 0 ? "none" : "0x%02x".formatted(found))
                + " (expected: '" + (char) expected + "')");
    }

    private static <T> T checked(Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw new ProtocolException(Objects.requireNonNullElse(e.getMessage(), "value out of bounds"));
        }
    }
}
