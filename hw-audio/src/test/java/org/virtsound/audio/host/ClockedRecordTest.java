package org.virtsound.audio.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.RecordStream;
import org.virtsound.audio.stream.SampleFormat;
import org.virtsound.audio.stream.SampleSpec;

class ClockedRecordTest {
    private static final SampleSpec PHONE = new SampleSpec(SampleFormat.U8, 1, 8000);

    private final VirtualTime time = new VirtualTime();
    private final ClockServer server = new ClockServer(time.clock);
    private final RecorderLog recorder = new RecorderLog();

    @Test
    void silenceComesInFragmentsAtTheRightPace() {
        record(PHONE, 160);
        time.advanceMs(10_000);

        assertThat(recorder.bytes).isCloseTo(80_000, within(200L));
        assertThat(recorder.sizes).containsOnly(160);
        assertThat(recorder.values).containsOnly((byte) 0x80);
    }

    @Test
    void aFragmentLongerThanABlockComesInPieces() {
        record(Requests.DVD, 192_000);
        time.advanceMs(1010);

        assertThat(recorder.bytes).isBetween(192_000L - 65_472, 192_000L);
        assertThat(recorder.sizes).allMatch(size -> size <= 65_472 && size % 4 == 0);
    }

    @Test
    void aCorkedStreamCostsNoTimer() {
        RecordStream stream = record(PHONE, 160);
        time.advanceMs(100);
        stream.cork(true, error -> {});
        time.advanceMs(10);
        long firings = time.clock.firings();
        time.advanceMs(1000);
        assertThat(time.clock.firings()).isEqualTo(firings);
        stream.close();
    }

    private RecordStream record(SampleSpec spec, int fragSize) {
        RecordStream stream = server.record(Requests.of(spec, BufferAttr.record(-1, fragSize)), recorder);
        recorder.stream = stream;
        time.settle();
        return stream;
    }

    static final class RecorderLog extends PlayerLog implements org.virtsound.audio.stream.RecordListener {
        final List<Integer> sizes = new ArrayList<>();
        final java.util.Set<Byte> values = new java.util.HashSet<>();
        long bytes;
        RecordStream stream;

        @Override
        public void fragment(ByteBuf fragment) {
            sizes.add(fragment.readableBytes());
            bytes += fragment.readableBytes();
            values.add(fragment.getByte(fragment.readableBytes() - 1));
            fragment.release();
        }
    }
}
