package org.virtsound.audio.pulse;

import io.netty.buffer.ByteBuf;
import org.virtsound.audio.stream.Timing;

/**
 * The packets that pass with each period of audio, read and written without a record in between: nothing is allocated. REQUEST is
 * read as {@code in.u32()} (channel), {@code in.u32()} (bytes), {@code in.end()}; GET_*_LATENCY as {@code in.u32()} (channel),
 * {@code in.timeval()}, {@code in.end()}.
 *
 * <p>Source: native-protocol.md, 6.3 and 6.4.
 */
public final class HotPackets {
    /** Four tagged u32: command, tag, stream and length. */
    public static final int CREDIT_BYTES = Frames.HEADER_BYTES + 4 * 5;

    private static final int CREDIT_CHANNEL_AT = CREDIT_BYTES - 5 - 4;
    private static final int CREDIT_LENGTH_AT = CREDIT_BYTES - 4;

    private HotPackets() {}

    /** Appends the frame of a REQUEST. */
    public static void writeCredit(ByteBuf out, TagWriter writer, int channel, int bytes) {
        int start = Frames.beginControl(out);
        writer.reset(out)
                .u32(Opcode.REQUEST.code())
                .u32(Command.NO_TAG)
                .u32(channel)
                .u32(bytes);
        Frames.endControl(out, start);
    }

    /** Makes another one of it, of a buffer that holds nothing else. */
    public static void rewriteCredit(ByteBuf credit, int channel, int bytes) {
        credit.setInt(CREDIT_CHANNEL_AT, channel)
                .setInt(CREDIT_LENGTH_AT, bytes)
                .setIndex(0, CREDIT_BYTES);
    }

    /** Appends the frame of a GET_PLAYBACK_LATENCY or GET_RECORD_LATENCY. */
    public static void writeGetLatency(
            ByteBuf out, TagWriter writer, int tag, Direction direction, int channel, int localS, int localUs) {
        int start = Frames.beginControl(out);
        Opcode opcode = direction.pick(Opcode.GET_PLAYBACK_LATENCY, Opcode.GET_RECORD_LATENCY);
        writer.reset(out).u32(opcode.code()).u32(tag).u32(channel).timeval(localS, localUs);
        Frames.endControl(out, start);
    }

    /** Appends the frame of the answer to it. */
    public static void writeLatency(
            ByteBuf out, TagWriter writer, int tag, Direction direction, int localS, int localUs, Timing timing) {
        int start = Frames.beginControl(out);
        writer.reset(out).u32(Opcode.REPLY.code()).u32(tag);
        encodeLatency(writer, direction, timeval(localS, localUs), timing);
        Frames.endControl(out, start);
    }

    /** @return seconds in the upper half, microseconds in the lower, as {@link TagReader#timeval} has them */
    static long timeval(int seconds, int microseconds) {
        return ((long) seconds << 32) | Integer.toUnsignedLong(microseconds);
    }

    static void encodeLatency(TagWriter out, Direction direction, long localTime, Timing timing) {
        out.usec(timing.firstLatencyUs).usec(timing.secondLatencyUs).bool(timing.running);
        out.timeval(localTime).timeval(timing.nowS, timing.nowUs);
        out.s64(timing.writeIndex).s64(timing.readIndex);
        if (direction == Direction.PLAYBACK) {
            out.u64(timing.underrunFor).u64(timing.playingFor);
        }
    }

    /**
     * Reads the answer behind command and tag, to its end.
     *
     * @param timing filled in
     * @return the asker's clock, echoed: seconds in the upper half, microseconds in the lower
     */
    public static long decodeLatency(TagReader in, Direction direction, Timing timing) {
        timing.firstLatencyUs = in.usec();
        timing.secondLatencyUs = in.usec();
        timing.running = in.bool();
        long localTime = in.timeval();
        long serverTime = in.timeval();
        timing.nowS = (int) (serverTime >> 32);
        timing.nowUs = (int) serverTime;
        timing.writeIndex = in.s64();
        timing.readIndex = in.s64();
        boolean playback = direction == Direction.PLAYBACK;
        timing.underrunFor = playback ? in.u64() : 0;
        timing.playingFor = playback ? in.u64() : 0;
        in.end();
        return localTime;
    }
}
