package org.virtsound.audio.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.EnumSet;
import java.util.List;
import java.util.random.RandomGenerator;
import org.virtsound.audio.pulse.Answer;
import org.virtsound.audio.pulse.Command;
import org.virtsound.audio.pulse.CreatePlaybackStream;
import org.virtsound.audio.pulse.Direction;
import org.virtsound.audio.pulse.HotPackets;
import org.virtsound.audio.pulse.Opcode;
import org.virtsound.audio.pulse.Proplist;
import org.virtsound.audio.pulse.Request;
import org.virtsound.audio.pulse.StreamCommand;
import org.virtsound.audio.pulse.StreamFlag;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelMap;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.Timing;

/** Plays noise, or the {@link Grid}, at 20 ms: answers all credit at once, as libpulse does, and asks for the latency when told to. */
final class Player extends LoadClient {
    private static final int TARGET_BYTES = (int) Bench.SPEC.bytesOf(20_000);
    private static final int TAG_FIRST = 10;
    /** Quiet, but never silent: nobody may save work on it. */
    private static final ByteBuf NOISE = noise();

    /** Where the times of the answers go. */
    Samples roundTrips;

    private final Grid grid;
    private final String sink;
    private final Timing timing = new Timing();
    /** What is heard by the answers, less the time: constant where the guest's clock is perfect. */
    final Samples clock = new Samples();

    private int streamChannel;
    private int pingTag = TAG_FIRST;
    private long askedNs;
    private long writtenFrames;
    int underflows;
    boolean lost;

    /**
     * @param roundTrips where the answers' times go
     * @param grid null to play noise
     * @param sink null for the server's default
     */
    Player(Samples roundTrips, Grid grid, String sink) {
        this.roundTrips = roundTrips;
        this.grid = grid;
        this.sink = sink;
    }

    @Override
    Request create() {
        return new CreatePlaybackStream(
                Bench.SPEC,
                ChannelMap.STEREO,
                Command.NONE,
                sink,
                BufferAttr.playback(-1, TARGET_BYTES, -1, -1),
                EnumSet.of(StreamFlag.ADJUST_LATENCY),
                0,
                ChannelVolumes.flat(2, ChannelVolumes.NORM),
                Proplist.of("media.name", "load"),
                List.of());
    }

    @Override
    void opened(Answer answer) {
        Answer.PlaybackOpened opened = (Answer.PlaybackOpened) answer;
        streamChannel = opened.channel();
        write(opened.missingBytes());
    }

    /** Asks for the latency, unless an answer is outstanding. */
    void ping() {
        if (mayAsk()) {
            ask(pingTag, Direction.PLAYBACK, streamChannel);
        }
    }

    /** Gives a command that changes nothing of a stream that plays, unless an answer is outstanding. */
    void command() {
        if (mayAsk()) {
            send(pingTag, new StreamCommand.Trigger(streamChannel));
        }
    }

    private boolean mayAsk() {
        if (askedNs != 0 || lost) {
            return false;
        }
        askedNs = System.nanoTime();
        pingTag++;
        return true;
    }

    /** @return within how many microseconds nine of ten answers lie */
    double clockUs() {
        return clock.percentileUs(95) - clock.percentileUs(5);
    }

    @Override
    void packet(Opcode opcode, int tag) {
        if (opcode == Opcode.REPLY && tag == pingTag) {
            long nowNs = System.nanoTime();
            roundTrips.add(nowNs - askedNs);
            askedNs = 0;
            if (reader.hasMore()) {
                HotPackets.decodeLatency(reader, Direction.PLAYBACK, timing);
                clock.add((Bench.SPEC.usOf(timing.readIndex) - timing.firstLatencyUs) * 1000 - nowNs);
            }
        } else if (opcode == Opcode.REQUEST) {
            reader.u32();
            write(reader.u32());
        } else if (opcode == Opcode.UNDERFLOW) {
            underflows++;
        }
    }

    private void write(int bytes) {
        for (int left = bytes; left > 0; ) {
            int length = Math.min(left, NOISE.readableBytes());
            if (grid == null) {
                play(streamChannel, NOISE.retainedSlice(0, length));
            } else {
                play(streamChannel, grid.written(writtenFrames, length / Bench.SPEC.frameBytes()));
                writtenFrames += length / Bench.SPEC.frameBytes();
            }
            left -= length;
        }
    }

    @Override
    void closed() {
        lost = true;
    }

    private static ByteBuf noise() {
        ByteBuf noise = PooledByteBufAllocator.DEFAULT.directBuffer(1 << 16);
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        while (noise.isWritable(2)) {
            noise.writeShortLE(1 + random.nextInt(64));
        }
        return noise;
    }
}
