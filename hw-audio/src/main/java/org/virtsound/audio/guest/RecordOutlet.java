package org.virtsound.audio.guest;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.relay.RelayConnection;
import org.virtsound.audio.stream.SampleSpec;

/**
 * What was recorded and waits for its guest to read: handed to the socket only while nothing of it is left in this process, so that
 * a microphone taken away takes the rest with it. Bounded; the oldest goes first and is counted. Owned by the audio loop; owns the
 * fragments in it.
 */
final class RecordOutlet {
    private static final int WAITING_MS = 2_000;
    /** Fragments may be tiny, and each keeps a receive buffer alive. */
    private static final int FRAGMENTS_MAX = 256;

    private final GuestOut out;
    private final int channel;
    private final SampleSpec spec;
    private final RelayConnection relay;
    private final int waitingMaxBytes;
    private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>();
    private int waitingBytes;
    /** Given to the socket, which has not taken all of it; null while nothing is. */
    private @Nullable ByteBuf underWay;

    RecordOutlet(GuestOut out, int channel, SampleSpec spec, RelayConnection relay) {
        this.out = out;
        this.channel = channel;
        this.spec = spec;
        this.relay = relay;
        waitingMaxBytes =
                (int) Math.min(spec.bytesOf(WAITING_MS * 1_000L), relay.limits().queuedBytes() / 2);
    }

    int waitingBytes() {
        return waitingBytes;
    }

    /** @param fragment given away */
    void offer(ByteBuf fragment) {
        waiting.add(fragment);
        waitingBytes += fragment.readableBytes();
        while (waitingBytes > waitingMaxBytes || waiting.size() > FRAGMENTS_MAX) {
            ByteBuf oldest = waiting.remove();
            waitingBytes -= oldest.readableBytes();
            relay.dropped(oldest.readableBytes());
            oldest.release();
        }
        pump();
    }

    /** Hands on what the socket takes at once. */
    void pump() {
        while (!waiting.isEmpty() && out.isDrained()) {
            settle();
            ByteBuf fragment = waiting.remove();
            waitingBytes -= fragment.readableBytes();
            underWay = fragment.retain();
            out.memblock(channel, fragment);
            out.flush();
        }
        if (out.isDrained()) {
            settle();
        }
    }

    /** Nothing of what was offered goes out any more; of a block that is half out, the rest is silence. */
    void recall() {
        if (underWay != null && !out.isDrained() && !underWay.isReadOnly()) {
            byte silence = spec.format().silence();
            int end = underWay.writerIndex();
            for (int at = end - underWay.readableBytes(); at < end; at++) {
                underWay.setByte(at, silence);
            }
        }
        release();
    }

    /** Lets go of everything. */
    void release() {
        settle();
        for (ByteBuf fragment : waiting) {
            fragment.release();
        }
        waiting.clear();
        waitingBytes = 0;
    }

    private void settle() {
        if (underWay != null) {
            underWay.release();
            underWay = null;
        }
    }
}
