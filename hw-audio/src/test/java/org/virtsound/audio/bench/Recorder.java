package org.virtsound.audio.bench;

import io.netty.buffer.ByteBuf;
import java.util.EnumSet;
import java.util.List;
import org.virtsound.audio.pulse.Answer;
import org.virtsound.audio.pulse.Command;
import org.virtsound.audio.pulse.CreateRecordStream;
import org.virtsound.audio.pulse.Opcode;
import org.virtsound.audio.pulse.Proplist;
import org.virtsound.audio.pulse.Request;
import org.virtsound.audio.pulse.StreamFlag;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelMap;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.SeekMode;

/** Records at 20 ms and tells when each millisecond of the {@link Grid} arrives. */
final class Recorder extends LoadClient {
    private final Grid grid;
    private final Grid.Arrivals arrivals;

    Recorder(Grid grid, Grid.Arrivals arrivals) {
        this.grid = grid;
        this.arrivals = arrivals;
    }

    @Override
    Request create() {
        return new CreateRecordStream(
                Bench.SPEC,
                ChannelMap.STEREO,
                Command.NONE,
                null,
                BufferAttr.record(-1, (int) Bench.SPEC.bytesOf(20_000)),
                EnumSet.of(StreamFlag.ADJUST_LATENCY),
                Proplist.of("media.name", "load"),
                Command.NONE,
                List.of(),
                ChannelVolumes.flat(2, ChannelVolumes.NORM));
    }

    @Override
    void opened(Answer answer) {}

    @Override
    void packet(Opcode opcode, int tag) {}

    @Override
    public void memblock(int streamChannel, long offsetBytes, SeekMode seek, ByteBuf payload) {
        grid.read(payload, arrivals);
        payload.release();
    }
}
