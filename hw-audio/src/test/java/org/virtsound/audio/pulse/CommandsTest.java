package org.virtsound.audio.pulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.Timing;

class CommandsTest {
    private static final int NEWEST = 35;

    private final TagReader reader = new TagReader(TagLimits.HOST);
    private final TagWriter writer = new TagWriter();

    @Provide
    Arbitrary<Class<? extends Command>> types() {
        return Arbitraries.of(Commands.types());
    }

    @Property(tries = 5000)
    void everyRecordComesBackAsItWasAtTheNewestVersion(
            @ForAll("types") Class<? extends Command> type, @ForAll long seed) {
        Command command = new Commands(new Random(seed)).any(type);
        ByteBuf out = encoded(command, NEWEST);
        Command back = Commands.decode(command, reader.reset(out.duplicate()), NEWEST);
        if (isEqualOnTheWire(command)) {
            assertThat(back).isEqualTo(command);
        }
        assertThat(ByteBufUtil.hexDump(encoded(back, NEWEST))).isEqualTo(ByteBufUtil.hexDump(out));
    }

    @Property(tries = 10000)
    void everyRecordHasTheSameBytesAgainAtEveryVersion(
            @ForAll("types") Class<? extends Command> type,
            @ForAll long seed,
            @ForAll @IntRange(min = 13, max = NEWEST) int version) {
        Command command = new Commands(new Random(seed)).any(type);
        ByteBuf out = encoded(command, version);
        Command back = Commands.decode(command, reader.reset(out.duplicate()), version);
        assertThat(ByteBufUtil.hexDump(encoded(back, version))).isEqualTo(ByteBufUtil.hexDump(out));
    }

    @Property(tries = 3000)
    void aRecordCutOffOrWithABytePastItsEndIsRefused(
            @ForAll("types") Class<? extends Command> type, @ForAll long seed, @ForAll int cut) {
        Random random = new Random(seed);
        Command command = new Commands(random).any(type);
        ByteBuf out = encoded(command, NEWEST);
        ByteBuf longer = out.copy().writeByte(0xEE);
        if (!(command instanceof Answer.Done)) {
            refused(command, longer);
        }
        boolean list = command instanceof Answer.DeviceInfos
                || command instanceof Answer.StreamInfos
                || command instanceof Answer.ClientInfos;
        if (out.isReadable() && !list) {
            refused(command, out.slice(0, Math.floorMod(cut, out.readableBytes())));
        }
    }

    @Test
    void theWireOfAnOldClientIsTheOldLayout() {
        var cork = new StreamCommand.SetBufferAttr(Direction.RECORD, 3, BufferAttr.record(4, 5), true, true);
        assertThat(ByteBufUtil.hexDump(encoded(cork, 13))).isEqualTo("4c00000003" + "4c00000004" + "4c00000005" + "31");
        assertThat(ByteBufUtil.hexDump(encoded(cork, 14)))
                .isEqualTo("4c00000003" + "4c00000004" + "4c00000005" + "31" + "31");
        var dry = new Event.Underflow(1, 2);
        assertThat(ByteBufUtil.hexDump(encoded(dry, 22))).isEqualTo("4c00000001");
        assertThat(ByteBufUtil.hexDump(encoded(dry, 23))).isEqualTo("4c00000001" + "720000000000000002");
    }

    @Test
    void aCreditThatIsWrittenAnewIsWhatItsRecordWouldWrite() {
        ByteBuf credit = Unpooled.buffer(HotPackets.CREDIT_BYTES, HotPackets.CREDIT_BYTES);
        HotPackets.writeCredit(credit, writer, 1, 960);
        credit.skipBytes(HotPackets.CREDIT_BYTES);
        HotPackets.rewriteCredit(credit, 7, 4);

        ByteBuf expected = Unpooled.buffer();
        new Event.Credit(7, 4).writeTo(expected, writer, Command.NO_TAG, NEWEST);
        assertThat(ByteBufUtil.hexDump(credit)).isEqualTo(ByteBufUtil.hexDump(expected));
    }

    @Test
    void aHotPacketIsWhatItsRecordWouldWrite() {
        var timing = new Timing();
        timing.firstLatencyUs = 1;
        timing.running = true;
        timing.nowS = 2;
        timing.nowUs = 3;
        timing.writeIndex = 4;
        timing.readIndex = 5;
        timing.underrunFor = 6;
        timing.playingFor = 7;
        ByteBuf hot = Unpooled.buffer();
        HotPackets.writeCredit(hot, writer, 1, 960);
        HotPackets.writeGetLatency(hot, writer, 9, Direction.RECORD, 1, 8, 7);
        HotPackets.writeLatency(hot, writer, 9, Direction.PLAYBACK, 8, 7, timing);

        ByteBuf slow = Unpooled.buffer();
        new Event.Credit(1, 960).writeTo(slow, writer, Command.NO_TAG, NEWEST);
        new StreamCommand.GetLatency(Direction.RECORD, 1, 8L << 32 | 7).writeTo(slow, writer, 9, NEWEST);
        new Answer.Latency(Direction.PLAYBACK, 1, 0, true, 8L << 32 | 7, 2L << 32 | 3, 4, 5, 6, 7)
                .writeTo(slow, writer, 9, NEWEST);
        assertThat(ByteBufUtil.hexDump(hot)).isEqualTo(ByteBufUtil.hexDump(slow));
    }

    @Test
    void everyOpcodeOfTheTableHasItsNumber() {
        assertThat(Opcode.of(104)).isEqualTo(Opcode.SEND_OBJECT_MESSAGE);
        assertThat(Opcode.of(61)).isEqualTo(Opcode.REQUEST);
        assertThat(Opcode.of(87)).isEqualTo(Opcode.EXTENSION);
        assertThat(Opcode.of(105)).isNull();
        assertThat(Opcode.of(-1)).isNull();
    }

    private void refused(Command command, ByteBuf bytes) {
        assertThatExceptionOfType(ProtocolException.class)
                .as("%s from %s", command, ByteBufUtil.hexDump(bytes))
                .isThrownBy(() -> Commands.decode(command, reader.reset(bytes), NEWEST));
    }

    private ByteBuf encoded(Command command, int version) {
        ByteBuf out = Unpooled.buffer();
        command.encode(writer.reset(out), version);
        return out;
    }

    /** Whether all that the record holds is on the wire: buffer sizes and flags of the other direction are not. */
    private static boolean isEqualOnTheWire(Command command) {
        return !(command instanceof CreatePlaybackStream
                || command instanceof CreateRecordStream
                || command instanceof Answer.PlaybackOpened
                || command instanceof Answer.RecordOpened
                || command instanceof StreamCommand.SetBufferAttr
                || command instanceof Answer.BufferAttrSet
                || command instanceof Answer.Latency
                || command instanceof Event.Moved
                || command instanceof Event.BufferAttrChanged);
    }
}
