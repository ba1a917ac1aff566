package org.virtsound.audio.guest;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.HashMap;
import java.util.Map;
import org.virtsound.audio.pulse.Answer;
import org.virtsound.audio.pulse.Command;
import org.virtsound.audio.pulse.Event;
import org.virtsound.audio.pulse.Failure;
import org.virtsound.audio.pulse.FrameDecoder;
import org.virtsound.audio.pulse.FrameListener;
import org.virtsound.audio.pulse.Opcode;
import org.virtsound.audio.pulse.TagLimits;
import org.virtsound.audio.pulse.TagReader;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.SeekMode;

/** Reads what a session sends as libpulse does: each packet to its end, at the version agreed on, answers to what was asked only. */
final class StrictClient implements FrameListener {
    private final TagReader reader = new TagReader(TagLimits.HOST);
    private final Map<Integer, Opcode> asked = new HashMap<>();
    private final EmbeddedChannel decoder =
            new EmbeddedChannel(new FrameDecoder(1 << 20, 1 << 20, this), new ChannelInboundHandlerAdapter() {
                @Override
                public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                    throw new AssertionError("a strict client would hang up", cause);
                }
            });
    /** What the client said last in AUTH; nothing is read before. */
    private int version = 35;

    void asked(int tag, Opcode opcode, byte[] body) {
        asked.put(tag, opcode == null ? Opcode.TIMEOUT : opcode);
        if (opcode == Opcode.AUTH && body.length >= 5 && asked.size() == 1) {
            version = Math.min(35, Unpooled.wrappedBuffer(body).getInt(1) & 0xFFFF);
        }
    }

    void receive(ByteBuf bytes) {
        decoder.writeInbound(bytes);
        decoder.checkException();
    }

    @Override
    public void control(ByteBuf packet) {
        Opcode opcode = Opcode.of(reader.reset(packet).u32());
        int tag = reader.u32();
        if (tag == Command.NO_TAG) {
            require(opcode.fromServer() && Event.decode(opcode, reader, version) != null, "event " + opcode);
            return;
        }
        Opcode request = asked.remove(tag);
        require(request != null, "answer to nothing: " + tag);
        if (opcode == Opcode.ERROR) {
            Failure failure = Failure.decode(reader, version);
            require(failure.error() != ErrorCode.INTERNAL, "internal error to " + request);
        } else {
            require(opcode == Opcode.REPLY, "answer " + opcode);
            require(Answer.decode(request, reader, version) != null, "answer to " + request);
        }
    }

    @Override
    public void memblock(int channel, long offsetBytes, SeekMode seek, ByteBuf payload) {
        payload.release();
        require(offsetBytes == 0 && seek == SeekMode.RELATIVE, "a seek to a client");
    }

    void close() {
        decoder.finishAndReleaseAll();
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
