package org.virtsound.audio.pulse;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What real clients and servers said, decoded and encoded to the same bytes. */
class CapturesTest {
    private static final int VERSION = 35;

    private final TagReader reader = new TagReader(TagLimits.HOST);
    private final TagWriter writer = new TagWriter();

    static Stream<Capture> captures() {
        return Capture.all();
    }

    @ParameterizedTest
    @MethodSource("captures")
    void framesAndValuesComeOutAsTheyWentIn(Capture capture) {
        ByteBuf out = Unpooled.buffer();
        for (Capture.Frame frame : capture.frames()) {
            if (frame.control()) {
                int start = Frames.beginControl(out);
                reader.reset(Unpooled.wrappedBuffer(frame.payload()));
                writer.reset(out);
                while (reader.hasMore()) {
                    Tagstructs.copyValue(reader, writer);
                }
                Frames.endControl(out, start);
            } else {
                Frames.memblockHeader(out, frame.payload().length, frame.channel(), frame.offsetBytes(), frame.seek());
                out.writeBytes(frame.payload());
            }
        }
        assertThat(ByteBufUtil.getBytes(out)).isEqualTo(capture.bytes());
    }

    /** Replies are told by the tags of the other direction's requests, so the two are read as a pair. */
    @ParameterizedTest
    @MethodSource("captures")
    void recordsComeOutAsTheyWentIn(Capture capture) {
        Map<Integer, Opcode> requests = requestsOf(capture);
        for (Capture.Frame frame : capture.frames()) {
            if (frame.control()) {
                ByteBuf packet = Unpooled.wrappedBuffer(frame.payload());
                Command command = decode(packet, requests, VERSION);
                if (command != null) {
                    ByteBuf out = Unpooled.buffer();
                    int tag = Unpooled.wrappedBuffer(frame.payload()).getInt(6);
                    command.writeTo(out, writer, tag, VERSION);
                    assertThat(ByteBufUtil.hexDump(out.skipBytes(Frames.HEADER_BYTES)))
                            .as(command.toString())
                            .isEqualTo(ByteBufUtil.hexDump(frame.payload()));
                }
            }
        }
    }

    @Test
    void onlyTheListOfModulesIsWithoutARecord() {
        Set<Opcode> without = EnumSet.noneOf(Opcode.class);
        captures().forEach(capture -> {
            Map<Integer, Opcode> requests = requestsOf(capture);
            capture.frames().stream()
                    .filter(Capture.Frame::control)
                    .map(frame -> Unpooled.wrappedBuffer(frame.payload()))
                    .filter(packet -> decode(packet.duplicate(), requests, VERSION) == null)
                    .map(packet -> requests.get(packet.getInt(6)))
                    .forEach(without::add);
        });
        assertThat(without).containsExactly(Opcode.GET_MODULE_INFO_LIST);
    }

    private Command decode(ByteBuf packet, Map<Integer, Opcode> requests, int version) {
        reader.reset(packet);
        Opcode opcode = Opcode.of(reader.u32());
        int tag = reader.u32();
        return switch (opcode) {
            case REPLY -> Answer.decode(requests.get(tag), reader, version);
            case ERROR -> Failure.decode(reader, version);
            default ->
                tag == Command.NO_TAG ? Event.decode(opcode, reader, version) : Request.decode(opcode, reader, version);
        };
    }

    private Map<Integer, Opcode> requestsOf(Capture capture) {
        Capture client = captures()
                .filter(c -> c.fromClient() && c.name().equals(capture.name()))
                .findFirst()
                .orElseThrow();
        Map<Integer, Opcode> requests = new HashMap<>();
        List<Capture.Frame> control =
                client.frames().stream().filter(Capture.Frame::control).toList();
        for (Capture.Frame frame : control) {
            reader.reset(Unpooled.wrappedBuffer(frame.payload()));
            Opcode opcode = Opcode.of(reader.u32());
            requests.put(reader.u32(), opcode);
        }
        return requests;
    }
}
