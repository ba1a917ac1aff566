package org.virtsound.audio.pulse;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.virtsound.audio.stream.SeekMode;

class FrameDecoderTest {
    private static final int CONTROL_MAX = 64 << 10;
    private static final int MEMBLOCK_MAX = 64 << 10;

    private final RecordedFrames found = new RecordedFrames();
    private final List<Throwable> caught = new ArrayList<>();

    @Test
    void framesAreTheSameWhereverTheStreamIsCutInTwo() {
        ByteBuf stream = sample();
        List<String> whole = decoded(stream, stream.readableBytes());
        assertThat(whole).hasSize(4);
        for (int cut = 1; cut < stream.readableBytes(); cut++) {
            found.frames.clear();
            EmbeddedChannel channel = channel(found);
            channel.writeInbound(stream.copy(0, cut));
            channel.writeInbound(stream.copy(cut, stream.readableBytes() - cut));
            assertThat(found.frames).as("cut at %d", cut).isEqualTo(whole);
            assertThat(channel.finish()).isFalse();
        }
        stream.release();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 19, 20, 21, 41})
    void framesAreTheSameInPiecesOfAnySize(int pieceBytes) {
        ByteBuf stream = sample();
        List<String> whole = decoded(stream, stream.readableBytes());
        assertThat(decoded(stream, pieceBytes)).isEqualTo(whole);
        stream.release();
    }

    @Test
    void aBlockThatArrivedWholeIsASliceOfWhatWasReceived() {
        List<ByteBuf> payloads = new ArrayList<>();
        EmbeddedChannel channel = collecting(payloads);
        ByteBuf received = PooledByteBufAllocator.DEFAULT.directBuffer(256);
        Frames.memblockHeader(received, 8, 3, 0, SeekMode.RELATIVE);
        received.writeLong(0x0102030405060708L);
        long address = received.memoryAddress() + Frames.HEADER_BYTES;

        channel.writeInbound(received);

        assertThat(payloads).hasSize(1);
        ByteBuf payload = payloads.get(0);
        assertThat(payload.memoryAddress() + payload.readerIndex()).isEqualTo(address);
        assertThat(payload.release()).as("the listener held the last reference").isTrue();
        assertThat(received.refCnt()).isZero();
        assertThat(channel.finish()).isFalse();
    }

    private EmbeddedChannel collecting(List<ByteBuf> payloads) {
        return channel(new FrameListener() {
            @Override
            public void control(ByteBuf packet) {}

            @Override
            public void memblock(int channel, long offsetBytes, SeekMode seek, ByteBuf payload) {
                payloads.add(payload);
            }
        });
    }

    @Test
    void theRoomBeforeABlockIsItsOwnHeadersAndNoOtherBlocks() {
        List<ByteBuf> payloads = new ArrayList<>();
        EmbeddedChannel channel = collecting(payloads);
        ByteBuf received = PooledByteBufAllocator.DEFAULT.directBuffer(256);
        for (int block = 1; block <= 3; block++) {
            Frames.memblockHeader(received, 8, block, 0, SeekMode.RELATIVE);
            received.writeLong(block);
        }
        ByteBuf lateHeader = received.retainedSlice(Frames.HEADER_BYTES + 8, 5);
        ByteBuf rest =
                received.retainedSlice(Frames.HEADER_BYTES + 13, received.readableBytes() - Frames.HEADER_BYTES - 13);
        channel.writeInbound(received.readSlice(Frames.HEADER_BYTES + 8), lateHeader, rest);

        assertThat(payloads)
                .extracting(ByteBuf::readerIndex)
                .containsExactly(Frames.HEADER_BYTES, 0, Frames.HEADER_BYTES);
        ByteBuf last = payloads.get(2);
        assertThat(Frames.prependMemblockHeader(payloads.get(1), 7, 0, SeekMode.RELATIVE))
                .isFalse();
        assertThat(Frames.prependMemblockHeader(last, 7, -9, SeekMode.ABSOLUTE)).isTrue();
        assertThat(payloads.get(0).readLong()).isEqualTo(1);
        assertThat(payloads.get(1).readLong()).isEqualTo(2);
        ByteBuf expected = PooledByteBufAllocator.DEFAULT.directBuffer(64);
        Frames.memblockHeader(expected, 8, 7, -9, SeekMode.ABSOLUTE);
        expected.writeLong(3);
        assertThat(ByteBufUtil.equals(last, expected)).isTrue();
        expected.release();
        payloads.forEach(ByteBuf::release);
        assertThat(channel.finish()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            00000000 ffffffff 00000000 00000000 00000000 | control frame's length: 0 (expected: >= 10)
            00000009 ffffffff 00000000 00000000 00000000 | control frame's length: 9 (expected: >= 10)
            00010001 ffffffff 00000000 00000000 00000000 | control frame's length: 65537 (expected: <= 65536)
            01000000 ffffffff 00000000 00000000 00000000 | control frame's length: 16777216 (expected: <= 65536)
            01000001 ffffffff 00000000 00000000 00000000 | control frame's length: 16777217 (expected: <= 65536)
            ffffffff ffffffff 00000000 00000000 00000000 | control frame's length: 4294967295 (expected: <= 65536)
            80000000 ffffffff 00000000 00000000 00000000 | control frame's length: 2147483648 (expected: <= 65536)
            0000000a ffffffff 00000000 00000000 00000001 | control frame's flags: 0x00000001 (expected: 0)
            00000000 00000000 00000000 00000000 00000000 | memblock's length: 0 (expected: >= 1)
            00010001 00000000 00000000 00000000 00000000 | memblock's length: 65537 (expected: <= 65536)
            01000000 00000000 00000000 00000000 00000000 | memblock's length: 16777216 (expected: <= 65536)
            01000001 00000000 00000000 00000000 00000000 | memblock's length: 16777217 (expected: <= 65536)
            ffffffff 00000000 00000000 00000000 00000000 | memblock's length: 4294967295 (expected: <= 65536)
            00000004 00000000 00000000 00000000 00000004 | memblock's seek mode: 4 (expected: <= 3)
            00000010 00000000 00000000 00000000 80000000 | memblock's flags: 0x80000000 (expected: <= 0xff, no shared memory)
            00000000 00000000 00000000 00000007 40000000 | memblock's flags: 0x40000000 (expected: <= 0xff, no shared memory)
            00000000 00000000 00000000 00000007 c0000000 | memblock's flags: 0xc0000000 (expected: <= 0xff, no shared memory)
            00000010 00000000 00000000 00000000 a0000000 | memblock's flags: 0xa0000000 (expected: <= 0xff, no shared memory)
            00000010 00000000 00000000 00000000 00800000 | memblock's flags: 0x00800000 (expected: <= 0xff, no shared memory)
            00000010 00000000 00000000 00000000 00000100 | memblock's flags: 0x00000100 (expected: <= 0xff, no shared memory)
            """)
    void aBadHeaderClosesTheConnectionAndSaysWhy(String header, String message) {
        EmbeddedChannel channel = channel(found);
        byte[] bad = HexFormat.of().parseHex(header.replace(" ", ""));
        channel.writeInbound(Unpooled.wrappedBuffer(Unpooled.wrappedBuffer(bad), sample()));
        assertThat(caught).hasSize(1);
        assertThat(caught.get(0)).isInstanceOf(ProtocolException.class).hasMessage(message);
        assertThat(channel.isOpen()).isFalse();
        assertThat(found.frames).as("frames after the bad one").isEmpty();
    }

    @Test
    void theLongestBlockAndTheLongestPacketPass() {
        ByteBuf stream = Unpooled.buffer();
        Frames.memblockHeader(stream, MEMBLOCK_MAX, 0, 0, SeekMode.RELATIVE);
        stream.writeZero(MEMBLOCK_MAX);
        int start = Frames.beginControl(stream);
        stream.writeZero(CONTROL_MAX);
        Frames.endControl(stream, start);
        assertThat(decoded(stream, 1000)).hasSize(2);
        stream.release();
    }

    @Test
    void aBadPacketIsReportedOnceAndNothingBehindItIsRead() {
        EmbeddedChannel channel = channel(new FrameListener() {
            @Override
            public void control(ByteBuf packet) {
                throw new ProtocolException("bad content");
            }

            @Override
            public void memblock(int channel, long offsetBytes, SeekMode seek, ByteBuf payload) {
                payload.release();
                throw new AssertionError("read on");
            }
        });
        ByteBuf stream = sample();
        channel.writeInbound(stream);
        assertThat(caught).singleElement().satisfies(e -> assertThat(e).hasMessage("bad content"));
        assertThat(stream.refCnt()).isZero();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void nothingIsReadBehindTheFrameOnWhichTheListenerClosed() {
        RecordedFrames frames = new RecordedFrames();
        EmbeddedChannel[] channel = new EmbeddedChannel[1];
        channel[0] = channel(new FrameListener() {
            @Override
            public void control(ByteBuf packet) {
                frames.control(packet);
                channel[0].close();
            }

            @Override
            public void memblock(int number, long offsetBytes, SeekMode seek, ByteBuf payload) {
                frames.memblock(number, offsetBytes, seek, payload);
            }
        });
        channel[0].writeInbound(sample());
        assertThat(frames.frames).hasSize(1);
    }

    @Test
    void aHalfReceivedBlockIsReleasedWithTheConnection() {
        EmbeddedChannel channel = channel(found);
        PooledByteBufAllocator allocator = new PooledByteBufAllocator(true);
        channel.config().setAllocator(allocator);
        ByteBuf part = Unpooled.buffer();
        Frames.memblockHeader(part, 40_000, 0, 0, SeekMode.RELATIVE);
        part.writeZero(10);
        channel.writeInbound(part);
        assertThat(active(allocator)).isEqualTo(1);
        channel.close();
        assertThat(active(allocator)).isZero();
    }

    private static long active(PooledByteBufAllocator allocator) {
        return allocator.metric().directArenas().stream()
                .mapToLong(arena -> arena.numActiveAllocations())
                .sum();
    }

    private List<String> decoded(ByteBuf stream, int pieceBytes) {
        found.frames.clear();
        EmbeddedChannel channel = channel(found);
        for (int at = 0; at < stream.readableBytes(); at += pieceBytes) {
            channel.writeInbound(stream.copy(at, Math.min(pieceBytes, stream.readableBytes() - at)));
        }
        assertThat(caught).isEmpty();
        assertThat(channel.finish()).as("something was left over").isFalse();
        return List.copyOf(found.frames);
    }

    private EmbeddedChannel channel(FrameListener listener) {
        return new EmbeddedChannel(
                new FrameDecoder(CONTROL_MAX, MEMBLOCK_MAX, listener), new ChannelInboundHandlerAdapter() {
                    @Override
                    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                        caught.add(cause);
                    }
                });
    }

    /** A control packet, a block with a seek, a control packet, a block. */
    private static ByteBuf sample() {
        ByteBuf out = Unpooled.buffer();
        TagWriter writer = new TagWriter().reset(out);
        int first = Frames.beginControl(out);
        writer.u32(9).u32(1).proplist(Proplist.of("application.name", "test"));
        Frames.endControl(out, first);
        Frames.memblockHeader(out, 40, 2, -77, SeekMode.RELATIVE_END);
        out.writeZero(39).writeByte(7);
        int second = Frames.beginControl(out);
        writer.u32(20).u32(2);
        Frames.endControl(out, second);
        Frames.memblockHeader(out, 1, 0, 1L << 40, SeekMode.ABSOLUTE);
        return out.writeByte(1);
    }
}
