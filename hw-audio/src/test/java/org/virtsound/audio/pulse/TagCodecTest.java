package org.virtsound.audio.pulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.virtsound.audio.stream.ChannelMap;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.SampleFormat;
import org.virtsound.audio.stream.SampleSpec;

class TagCodecTest {
    @Test
    void everyValueHasTheBytesOfTheSpec() {
        ByteBuf out = Unpooled.buffer();
        new TagWriter()
                .reset(out)
                .u32(-1)
                .u8(0xAB)
                .u64(1)
                .s64(-2)
                .bool(true)
                .bool(false)
                .timeval(5, 6)
                .usec(7)
                .volume(0x10000)
                .string("é")
                .string(null)
                .arbitrary(new byte[] {1, 2})
                .sampleSpec(new SampleSpec(SampleFormat.S16LE, 2, 48_000))
                .channelMap(ChannelMap.STEREO)
                .channelVolumes(ChannelVolumes.flat(2, 0x10000))
                .proplist(Proplist.of("k", "v"))
                .formatInfo(new FormatInfo(1, Proplist.EMPTY));
        assertThat(ByteBufUtil.hexDump(out))
                .isEqualTo("4cffffffff" + "42ab" + "520000000000000001" + "72fffffffffffffffe" + "31" + "30"
                        + "540000000500000006" + "550000000000000007" + "5600010000" + "74c3a900" + "4e"
                        + "78000000020102" + "6103020000bb80" + "6d020102" + "76020001000000010000"
                        + "50746b004c0000000278000000027600" + "4e" + "664201504e");

        TagReader in = new TagReader(TagLimits.GUEST).reset(out);
        assertThat(in.u32()).isEqualTo(-1);
        assertThat(in.u8()).isEqualTo(0xAB);
        assertThat(in.u64()).isEqualTo(1);
        assertThat(in.s64()).isEqualTo(-2);
        assertThat(in.bool()).isTrue();
        assertThat(in.bool()).isFalse();
        assertThat(in.timeval()).isEqualTo(5L << 32 | 6);
        assertThat(in.usec()).isEqualTo(7);
        assertThat(in.volume()).isEqualTo(0x10000);
        assertThat(in.string()).isEqualTo("é");
        assertThat(in.stringOrNull()).isNull();
        assertThat(in.arbitrary(2)).containsExactly(1, 2);
        assertThat(in.sampleSpec()).isEqualTo(new SampleSpec(SampleFormat.S16LE, 2, 48_000));
        assertThat(in.channelMap()).isEqualTo(ChannelMap.STEREO);
        assertThat(in.channelVolumes()).isEqualTo(ChannelVolumes.flat(2, 0x10000));
        assertThat(in.proplist()).isEqualTo(Proplist.of("k", "v"));
        assertThat(in.formatInfo()).isEqualTo(new FormatInfo(1, Proplist.EMPTY));
        in.end();
    }

    @Test
    void whatIsOfAnotherTypeCutOffOrOutOfBoundsIsRefused() {
        refused("", TagReader::u32, "value's type: none (expected: 'L')");
        refused("7a00000000", TagReader::u32, "value's type: 0x7a (expected: 'L')");
        refused("4c000000", TagReader::u32, "value cut off: 3 bytes left (expected: >= 4)");
        refused("4e", TagReader::string, "string: null (expected: a text)");
        refused("74616263", TagReader::string, "string: no NUL in 3 bytes (expected: <= 4096 bytes and a NUL)");
        refused(
                "74" + "61".repeat(5000) + "00",
                TagReader::string,
                "string: no NUL in 4097 bytes (expected: <= 4096 bytes and a NUL)");
        refused("78ffffffff00", TagReader::arbitrary, "arbitrary's length: 4294967295 (expected: <= 65536)");
        refused("7801000001", TagReader::arbitrary, "arbitrary's length: 16777217 (expected: <= 65536)");
        refused("780000010000", TagReader::arbitrary, "value cut off: 1 bytes left (expected: >= 256)");
        refused("780000000101", in -> in.arbitrary(256), "arbitrary's length: 1 (expected: 256)");
        refused("610d020000bb80", TagReader::sampleSpec, "sample format: 13 (expected: 0..12)");
        refused("6103000000bb80", TagReader::sampleSpec, "channels: 0 (expected: 1..32)");
        refused("6103210000bb80", TagReader::sampleSpec, "channels: 33 (expected: 1..32)");
        refused("610302ffffffff", TagReader::sampleSpec, "rateHz: -1 (expected: 1..384000)");
        refused("6d00", TagReader::channelMap, "channel map: 0 channels (expected: 1..32)");
        refused("6d21" + "00".repeat(33), TagReader::channelMap, "channels: 33 (expected: <= 32)");
        refused("6dff", TagReader::channelMap, "channels: 255 (expected: <= 32)");
        refused("6d020133", TagReader::channelMap, "channel position: 51 (expected: 0..50)");
        refused(
                "7620" + "00".repeat(127),
                TagReader::channelVolumes,
                "value cut off: 127 bytes left (expected: >= 128)");
        refused("760180000000", TagReader::channelVolumes, "volume: 2147483648 (expected: <= 2147483647)");
        refused("50746b004c0000000278000000037600004e", TagReader::proplist, "arbitrary's length: 3 (expected: 2)");
        refused(
                "507400" + "4c00000000" + "7800000000" + "4e",
                TagReader::proplist,
                "property key: not printable ASCII, or empty");
        refused("50746b00" + "4c00000000" + "7800000000", TagReader::proplist, "value's type: none (expected: 't')");
        refused(
                "50" + "746b004c000000007800000000".repeat(65) + "4e",
                TagReader::proplist,
                "property list's entries: more than 64");
    }

    @Test
    void anUnsetOrImpossibleSpecIsNullWhereTheCallerAllowsIt() {
        assertThat(reader("61ff0000000000").sampleSpecOrNull()).isNull();
        assertThat(reader("6103020005dc01").sampleSpecOrNull()).as("384001 Hz").isNull();
        assertThat(reader("6d00").channelMapOrNull()).isNull();
        assertThat(reader("7600").channelVolumesOrNull()).isNull();
        assertThat(reader("7601ffffffff").channelVolumesOrNull()).isNull();
    }

    @Test
    void whatIsLeftBehindTheLastValueIsRefused() {
        TagReader in = reader("4c0000000130");
        in.u32();
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(in::end)
                .withMessage("bytes behind the last value: 1 (expected: 0)");
    }

    private static void refused(String hex, Function<TagReader, Object> read, String message) {
        assertThatExceptionOfType(ProtocolException.class)
                .as(hex.substring(0, Math.min(40, hex.length())))
                .isThrownBy(() -> read.apply(reader(hex)))
                .withMessage(message);
    }

    private static TagReader reader(String hex) {
        return new TagReader(TagLimits.GUEST)
                .reset(Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex)));
    }
}
