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
import org.virtsound.audio.pulse.Opcode;
import org.virtsound.audio.pulse.Proplist;
import org.virtsound.audio.pulse.Request;
import org.virtsound.audio.pulse.StreamFlag;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelMap;
import org.virtsound.audio.stream.ChannelVolumes;

/** Plays noise, or the {@link Grid}, at 20 ms: answers all credit at once, as libpulse does, and asks for the latency when told to. */
final class Player extends LoadClient {
    private static final int TARGET_BYTES = (int) Bench.SPEC.bytesOf(20_000);
    private static final int TAG_FIRST = 10;
    /** Quiet, but never silent: nobody may save work on it. */
    private static final ByteBuf NOISE = noise();

    private final Samples roundTrips;
    private final Grid grid;
    private int streamChannel;
    private int pingTag = TAG_FIRST;
    private long askedNs;
    private long writtenFrames;
    int underflows;
    boolean lost;

    /**
     * @param roundTrips where the answers' times go
     * @param grid null to play noise
     */
    Player(Samples roundTrips, Grid grid) {
        this.roundTrips = roundTrips;
        this.grid = grid;
    }

    @Override
    Request create() {
        return new CreatePlaybackStream(
                Bench.SPEC,
                ChannelMap.STEREO,
                Command.NONE,
                null,
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
        if (askedNs == 0 && !lost) {
            askedNs = System.nanoTime();
            ask(++pingTag, Direction.PLAYBACK, streamChannel);
        }
    }

    @Override
    void packet(Opcode opcode, int tag) {
        if (opcode == Opcode.REPLY && tag == pingTag) {
            roundTrips.add(System.nanoTime() - askedNs);
            askedNs = 0;
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
