package org.virtsound.audio.guest;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.relay.RelayConnection;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.PlaybackListener;
import org.virtsound.audio.stream.PlaybackStream;
import org.virtsound.audio.stream.Reply;
import org.virtsound.audio.stream.SeekMode;
import org.virtsound.audio.stream.StreamOpened;
import org.virtsound.audio.stream.Timing;
import org.virtsound.audio.vchan.Vchan;

/**
 * A Qubes guest's playback: reads from its ring exactly what the host's stream asks for, since the rate of these reads is the
 * guest's clock; never ahead of the card, never stalled. Owned by the audio loop.
 *
 * <p>Cork means: play out what is in the ring, then what the host holds, then cork; unless the guest uncorks meanwhile. What comes after
 * that without an uncork was on its way, or overtook it, and is played out in turn.
 *
 * <p>Source: qubes-audio.md, 3 and 4.
 */
final class QubesPlayback implements PlaybackListener {
    private static final int BLOCK_MAX_BYTES = 16 << 10;
    private static final int REOPEN_MS = 500;
    private static final int PLAY_OUT_MS = 2_000;

    private final EventLoop loop;
    private final RelayConnection connection;
    private final Vchan channel;
    private final Runnable guestLeft;
    private @Nullable PlaybackStream stream;
    private @Nullable Future<?> reopening;
    private int creditBytes;
    private long writtenBytes;
    /** How much of that the host had when it was last silent. */
    private long drainedBytes = -1;
    /** The start of a frame whose rest has not come: at most 3 bytes. */
    private final byte[] torn = new byte[QubesPcm.FRAME_BYTES];

    private int tornBytes;
    private boolean playing = true;
    private boolean corked;
    private boolean leaving;
    private boolean over;
    /** The drain that is being waited for; one that was called off has another number. */
    private int drain;

    private boolean draining;

    /** @param guestLeft run once nothing is left in the ring of a guest that has closed it, or that is {@link #leave} */
    QubesPlayback(EventLoop loop, RelayConnection connection, Vchan channel, Runnable guestLeft) {
        this.loop = loop;
        this.connection = connection;
        this.channel = channel;
        this.guestLeft = guestLeft;
    }

    void open() {
        if (over || !connection.mayOpen(QubesPcm.SPEC)) {
            return;
        }
        corked = !playing;
        creditBytes = 0;
        stream = connection.play(QubesPcm.playback(corked, connection.targetLatencyMs()), this);
    }

    /** The guest's last word on it. */
    void playing(boolean on) {
        if (playing == on) {
            return;
        }
        playing = on;
        if (on) {
            drain++;
            draining = false;
            uncork();
        }
        pump();
    }

    /** What is in the ring is played, and then the guest is let go. */
    void leave() {
        leaving = true;
        pump();
    }

    /** Nothing more is read. */
    void close() {
        over = true;
        if (reopening != null) {
            reopening.cancel(false);
        }
    }

    /** Nothing more is read; what the host has is heard to its end, and {@code then} is run. */
    void finish(Runnable then) {
        close();
        if (stream == null || corked) {
            then.run();
            return;
        }
        Future<?> limit = loop.schedule(then, PLAY_OUT_MS, TimeUnit.MILLISECONDS);
        stream.drain(error -> {
            if (limit.cancel(false)) {
                then.run();
            }
        });
    }

    /** Reads what the host has asked for, as far as it is there. */
    void pump() {
        while (!over && stream != null && creditBytes >= QubesPcm.FRAME_BYTES) {
            int wantBytes = wholeFrames(Math.min(creditBytes, BLOCK_MAX_BYTES));
            ByteBuf block = PooledByteBufAllocator.DEFAULT.directBuffer(wantBytes);
            block.writeBytes(torn, 0, tornBytes);
            int got = channel.read(block, wantBytes - tornBytes);
            int wholeBytes = wholeFrames(block.readableBytes());
            tornBytes = block.readableBytes() - wholeBytes;
            block.getBytes(wholeBytes, torn, 0, tornBytes);
            if (wholeBytes == 0) {
                block.release();
            } else {
                block.writerIndex(wholeBytes);
                creditBytes -= wholeBytes;
                writtenBytes += wholeBytes;
                uncork();
                stream.write(block, SeekMode.RELATIVE, 0);
            }
            if (got < 0 || wholeBytes + tornBytes < wantBytes) {
                ringIsEmpty(got < 0);
                return;
            }
        }
    }

    private void uncork() {
        if (corked && stream != null) {
            stream.cork(false, Reply.NOBODY);
        }
        corked = false;
    }

    private void ringIsEmpty(boolean guestClosed) {
        if (guestClosed || leaving) {
            guestLeft.run();
        } else if (!playing && !corked && !draining && stream != null) {
            if (writtenBytes == drainedBytes) {
                corked = true;
                stream.cork(true, Reply.NOBODY);
            } else {
                playOut(stream);
            }
        }
    }

    /** The guest may write meanwhile, and that is to be heard before the cork: it is looked for then, and played out in turn. */
    private void playOut(PlaybackStream from) {
        draining = true;
        int mark = ++drain;
        long bytes = writtenBytes;
        from.drain(error -> {
            if (drain == mark) {
                draining = false;
                drainedBytes = bytes;
                pump();
            }
        });
    }

    private static int wholeFrames(int bytes) {
        return bytes & -QubesPcm.FRAME_BYTES;
    }

    @Override
    public void opened(StreamOpened as) {
        credit(as.creditBytes());
    }

    @Override
    public void credit(int bytes) {
        creditBytes += bytes;
        pump();
    }

    /** The guest cannot be told, and its clock must not stand still: another stream takes its place. */
    @Override
    public void ended(ErrorCode error) {
        stream = null;
        drain++;
        draining = false;
        if (!over) {
            reopening = loop.schedule(this::open, REOPEN_MS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void started() {}

    @Override
    public void underflow(long readIndex) {}

    @Override
    public void overflow() {}

    @Override
    public void timing(int tag, int localS, int localUs, Timing timing) {}

    @Override
    public void bufferAttr(BufferAttr attr, long deviceLatencyUs) {}

    @Override
    public void suspended(boolean suspended) {}

    @Override
    public void moved(BufferAttr attr, long deviceLatencyUs, boolean suspended) {}
}
