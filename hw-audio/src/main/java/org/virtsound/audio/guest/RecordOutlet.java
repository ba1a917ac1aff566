package org.virtsound.audio.guest;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.relay.RelayConnection;
import org.virtsound.audio.stream.SampleSpec;

/**
 * What was recorded and waits for its guest to read; bounded, the oldest goes first and is counted. Owned by the audio loop; owns
 * the fragments in it.
 *
 * <p>A microphone taken away takes back what the guest has not got. So nothing is handed to the socket while it still holds
 * something in this process, and live samples go in pieces that leave no more than {@link #KERNEL_MS} of them in the kernel.
 */
final class RecordOutlet {
    /** What may lie in the kernel, beyond recall, when the microphone is revoked. */
    static final int KERNEL_MS = 50;

    private static final int PIECE_MS = 20;
    private static final int LOOK_AGAIN_MS = 5;
    private static final int WAITING_MS = 2_000;
    /** Fragments may be tiny, and each keeps a receive buffer alive. */
    private static final int FRAGMENTS_MAX = 256;

    private final GuestOut out;
    private final EventLoop loop;
    private final int channel;
    private final byte silence;
    private final RelayConnection relay;
    private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>();
    private long kernelMaxBytes;
    private int pieceBytes;
    private int waitingMaxBytes;
    private int waitingBytes;
    private boolean live;
    private boolean lookingAgain;
    /** Given to the socket, which has not taken all of it; null while nothing is. */
    private @Nullable ByteBuf underWay;

    RecordOutlet(GuestOut out, EventLoop loop, int channel, SampleSpec spec, RelayConnection relay) {
        this.out = out;
        this.loop = loop;
        this.channel = channel;
        this.silence = spec.format().silence();
        this.relay = relay;
        bound(spec);
    }

    /** @param spec how it is recorded from now on */
    void bound(SampleSpec spec) {
        pieceBytes = Math.max(spec.frameBytes(), (int) spec.bytesOf(TimeUnit.MILLISECONDS.toMicros(PIECE_MS)));
        kernelMaxBytes = Math.max(pieceBytes, spec.bytesOf(TimeUnit.MILLISECONDS.toMicros(KERNEL_MS)));
        waitingMaxBytes = Math.max(pieceBytes, (int) Math.min(
                spec.bytesOf(TimeUnit.MILLISECONDS.toMicros(WAITING_MS)),
                relay.limits().queuedBytes() / 2));
    }

    int waitingBytes() {
        return waitingBytes;
    }

    /** What is offered from now on is the microphone's. */
    void live() {
        live = true;
    }

    /** @param fragment given away */
    void offer(ByteBuf fragment) {
        waiting.add(fragment);
        waitingBytes += fragment.readableBytes();
        pump();
        while (isTooMuch()) {
            ByteBuf oldest = waiting.remove();
            waitingBytes -= oldest.readableBytes();
            relay.dropped(oldest.readableBytes());
            oldest.release();
        }
    }

    private boolean isTooMuch() {
        return waitingBytes > waitingMaxBytes || waiting.size() > FRAGMENTS_MAX || !relay.mayWait(waitingBytes);
    }

    /** Hands on what the socket takes at once. */
    void pump() {
        if (out.isDrained()) {
            settle();
        }
        while (!waiting.isEmpty() && out.isDrained()) {
            ByteBuf fragment = waiting.element();
            int size = live ? Math.min(pieceBytes, fragment.readableBytes()) : fragment.readableBytes();
            if (live && !kernelTakes(size)) {
                lookAgain();
                return;
            }
            ByteBuf piece = size < fragment.readableBytes() ? fragment.readRetainedSlice(size) : waiting.remove();
            waitingBytes -= size;
            underWay = piece.retain();
            out.memblock(channel, piece);
            out.flush();
            if (out.isDrained()) {
                settle();
            }
        }
    }

    private boolean kernelTakes(int size) {
        long there = out.kernelBytes();
        return there <= 0 || there + size <= kernelMaxBytes;
    }

    private void lookAgain() {
        if (!lookingAgain) {
            lookingAgain = true;
            var unused = loop.schedule(
                    () -> {
                        lookingAgain = false;
                        pump();
                    },
                    LOOK_AGAIN_MS,
                    TimeUnit.MILLISECONDS);
        }
    }

    /** Nothing of what was offered goes out any more; of a piece that is half out, the rest is silence. */
    void recall() {
        live = false;
        if (underWay != null && !underWay.isReadOnly()) {
            for (int at = underWay.readerIndex(); at < underWay.writerIndex(); at++) {
                underWay.setByte(at, silence);
            }
        }
        release();
    }

    /** Lets go of everything. */
    void release() {
        settle();
        drop();
    }

    /** Lets go of what the socket was not given. */
    void drop() {
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
