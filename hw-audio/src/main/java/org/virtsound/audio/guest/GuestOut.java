package org.virtsound.audio.guest;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.pulse.Command;
import org.virtsound.audio.pulse.Direction;
import org.virtsound.audio.pulse.Failure;
import org.virtsound.audio.pulse.Frames;
import org.virtsound.audio.pulse.HotPackets;
import org.virtsound.audio.pulse.Opcode;
import org.virtsound.audio.pulse.TagWriter;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.SeekMode;
import org.virtsound.audio.stream.Timing;

/**
 * What is written to one guest; owned by the audio loop. While the guest's own bytes are being read, everything is flushed once at
 * their end; at other times at once, so that credit is never late. Buffers are pooled and given away with the write.
 */
final class GuestOut {
    private static final int SMALL_BYTES = 64;
    private static final int USUAL_BYTES = 512;

    private final Channel channel;
    private final TagWriter writer = new TagWriter();
    private final Runnable overflow;
    private final BooleanSupplier tooMuchQueued;
    private final KernelQueue kernel;
    private int version;
    private long written;
    private boolean batching;
    private boolean unflushed;
    /** The last one, whoever else still has it; ours. */
    private @Nullable ByteBuf credit;

    private boolean released;

    /**
     * @param tooMuchQueued whether more waits for the guest than may
     * @param overflow closes the connection for it
     */
    GuestOut(Channel channel, BooleanSupplier tooMuchQueued, Runnable overflow) {
        this.channel = channel;
        kernel = new KernelQueue(channel);
        this.tooMuchQueued = tooMuchQueued;
        this.overflow = overflow;
    }

    void version(int version) {
        this.version = version;
    }

    int version() {
        return version;
    }

    /** What follows is flushed by {@link #endBatch}. */
    void beginBatch() {
        batching = true;
    }

    void endBatch() {
        batching = false;
        if (unflushed) {
            unflushed = false;
            channel.flush();
        }
    }

    void flush() {
        channel.flush();
    }

    /** @return whether the kernel has taken all that was written */
    boolean isDrained() {
        return pendingBytes() == 0;
    }

    /** @return bytes that the kernel has and the guest has not, at most; only while {@link #isDrained} */
    long kernelBytes() {
        return kernel.bytes(written);
    }

    /** @return bytes that wait in this process, Netty's overhead included */
    long pendingBytes() {
        ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
        return pending == null ? 0 : pending.totalPendingWriteBytes();
    }

    void command(int tag, Command command) {
        ByteBuf out = channel.alloc().directBuffer(USUAL_BYTES);
        command.writeTo(out, writer, tag, version);
        send(out);
    }

    void error(int tag, ErrorCode error) {
        command(tag, new Failure(error));
    }

    /** REPLY without a word, or the error. */
    void settle(int tag, ErrorCode error) {
        if (error != ErrorCode.OK) {
            error(tag, error);
            return;
        }
        ByteBuf out = channel.alloc().directBuffer(SMALL_BYTES);
        int start = begin(out, Opcode.REPLY, tag);
        end(out, start);
    }

    void event(Opcode opcode, int streamChannel) {
        ByteBuf out = channel.alloc().directBuffer(SMALL_BYTES);
        int start = begin(out, opcode, Command.NO_TAG);
        writer.u32(streamChannel);
        end(out, start);
    }

    /** Credit: allocates nothing, and goes in the buffer of the last one, if the kernel has taken that. */
    void credit(int streamChannel, int bytes) {
        ByteBuf last = credit;
        if (last != null && last.refCnt() == 1) {
            HotPackets.rewriteCredit(last, streamChannel, bytes);
            send(last.retain());
            return;
        }
        ByteBuf out = channel.alloc().directBuffer(HotPackets.CREDIT_BYTES);
        HotPackets.writeCredit(out, writer, streamChannel, bytes);
        if (last == null && !released) {
            credit = out.retain();
        }
        send(out);
    }

    /** The connection is gone. */
    void release() {
        released = true;
        if (credit != null) {
            credit.release();
            credit = null;
        }
    }

    void underflow(int streamChannel, long readIndex) {
        ByteBuf out = channel.alloc().directBuffer(SMALL_BYTES);
        int start = begin(out, Opcode.UNDERFLOW, Command.NO_TAG);
        writer.u32(streamChannel);
        if (version >= 23) {
            writer.s64(readIndex);
        }
        end(out, start);
    }

    /** The guest's own clock goes back untouched: allocates nothing. */
    void latency(int tag, int localS, int localUs, Timing timing, Direction direction) {
        ByteBuf out = channel.alloc().directBuffer(USUAL_BYTES);
        HotPackets.writeLatency(out, writer, tag, direction, localS, localUs, timing);
        send(out);
    }

    /** @param pcm given away */
    void memblock(int streamChannel, ByteBuf pcm) {
        ByteBuf header = channel.alloc().directBuffer(Frames.HEADER_BYTES);
        Frames.memblockHeader(header, pcm.readableBytes(), streamChannel, 0, SeekMode.RELATIVE);
        written += header.readableBytes();
        channel.write(header, channel.voidPromise());
        send(pcm);
    }

    private int begin(ByteBuf out, Opcode opcode, int tag) {
        int start = Frames.beginControl(out);
        writer.reset(out).u32(opcode.code()).u32(tag);
        return start;
    }

    private void end(ByteBuf out, int start) {
        Frames.endControl(out, start);
        send(out);
    }

    private void send(ByteBuf out) {
        written += out.readableBytes();
        channel.write(out, channel.voidPromise());
        if (batching) {
            unflushed = true;
        } else {
            channel.flush();
        }
        if (!channel.isWritable() && channel.isActive() && tooMuchQueued.getAsBoolean()) {
            overflow.run();
        }
    }
}
