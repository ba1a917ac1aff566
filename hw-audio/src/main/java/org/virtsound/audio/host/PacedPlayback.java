package org.virtsound.audio.host;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.PlaybackListener;
import org.virtsound.audio.stream.PlaybackStream;
import org.virtsound.audio.stream.Reply;
import org.virtsound.audio.stream.SampleSpec;
import org.virtsound.audio.stream.SeekMode;
import org.virtsound.audio.stream.Stream;
import org.virtsound.audio.stream.StreamOpened;
import org.virtsound.audio.stream.StreamRequest;
import org.virtsound.audio.stream.Timing;

/**
 * PulseAudio's playback stream served by ourselves: a queue that an output empties at its own pace. Corked, waiting to be filled, or
 * run dry, it costs no timer. Owned by the audio loop.
 */
final class PacedPlayback implements PlaybackStream {
    private static final int RING_BOUND_BYTES = 1 << 20;
    private static final int SILENT_CHUNK_BYTES = 4 << 10;
    private static final long NEVER_PLAYED = -1;

    private final PaceClock clock;
    private final PaceClock.Alarm alarm;
    private final PcmOutput output;
    private final PlaybackListener listener;
    private final Consumer<? super Stream> onClosed;
    private final PlaybackQueue queue;
    private final @Nullable SampleRing ring;
    private final byte silence;
    private final Queue<Reply> drains = new ArrayDeque<>(2);
    private final Timing timing = new Timing();

    private @Nullable ByteBuffer silentChunk;
    private SampleSpec spec;
    private boolean corked;
    private boolean playing;
    private boolean paused;
    private boolean closed;
    /** An underflow was told and nothing was played since. */
    private boolean dry = true;

    private long drySinceNs;
    /** Until when what somebody else had read is still being heard. */
    private long heardUntilNs;

    private long playingFor;
    private boolean neverPlayed = true;

    /**
     * @param keepsSamples whether what waits to be played is kept even though the output does not want it
     * @param onClosed once, when the owner closes the stream
     */
    PacedPlayback(
            PaceClock clock,
            PcmOutput output,
            StreamRequest request,
            boolean keepsSamples,
            PlaybackListener listener,
            Consumer<? super Stream> onClosed) {
        this.clock = clock;
        this.output = output;
        this.listener = listener;
        this.onClosed = onClosed;
        this.spec = request.spec();
        this.corked = request.corked();
        this.alarm = clock.alarm(this::tick);
        this.queue = new PlaybackQueue(BufferSizes.playback(request.attr(), spec), spec.frameBytes());
        this.silence = spec.format().silence();
        this.ring = keepsSamples || output.wantsSamples() ? new SampleRing(RING_BOUND_BYTES, silence) : null;
    }

    /** Tells the listener, from the loop, that it is open. */
    void open() {
        clock.loop().execute(() -> {
            if (!closed) {
                listener.opened(begin());
                proceed();
            }
        });
    }

    /** @return what to tell of a stream that begins here */
    StreamOpened begin() {
        return new StreamOpened(queue.attr(), 0, false, queue.takeMissing());
    }

    PlaybackQueue queue() {
        return queue;
    }

    /** @return whether it plays: neither corked, nor waiting to be filled, nor run dry */
    boolean isPlaying() {
        return playing;
    }

    /** @return bytes from {@code index} on, as {@link SampleRing#at}; null is silence */
    @Nullable
    ByteBuffer kept(long index, long bytes) {
        return ring == null ? null : ring.at(index, bytes);
    }

    /** @return how much longer that is heard which somebody else had read; microseconds */
    long stillHeardUs() {
        return Math.max(0, heardUntilNs - clock.nowNs()) / 1000;
    }

    /** @return what is read by now */
    long readIndex() {
        settle(clock.nowNs());
        return queue.readIndex();
    }

    /** Keeps a block that somebody else plays, for the case that it does not; of what lies before, {@code window} bytes stay. */
    void keep(long index, ByteBuf block, long window) {
        if (ring != null) {
            ring.readUpTo(index - window);
            ring.write(index, block);
        }
    }

    /** Stands still from now on: somebody else plays. */
    void pause() {
        settle(clock.nowNs());
        halt();
        paused = true;
        alarm.at(PaceClock.NEVER);
    }

    /**
     * Takes over from somebody else, who had played up to {@code readIndex}. What was written there and not kept is silence here.
     *
     * @param wasPlaying false where it waits to be filled, or is corked
     * @param latencyUs from reading to hearing, there; so long nothing more is read, so that what counts as heard makes no leap
     */
    void resume(long readIndex, boolean wasPlaying, boolean isCorked, long latencyUs) {
        paused = false;
        long now = clock.nowNs();
        heardUntilNs = now + latencyUs * 1000;
        corked = isCorked;
        dry = !wasPlaying;
        drySinceNs = now;
        neverPlayed = neverPlayed && !wasPlaying;
        queue.readAt(readIndex, wasPlaying);
        if (ring != null) {
            ring.readUpTo(queue.readIndex());
        }
        proceed();
    }

    @Override
    public void write(ByteBuf block, SeekMode mode, long offsetBytes) {
        try {
            if (closed) {
                return;
            }
            settle(clock.nowNs());
            if (mode != SeekMode.RELATIVE || offsetBytes != 0) {
                queue.seek(mode, offsetBytes);
            }
            int bytes = block.readableBytes();
            long index = queue.writeIndex();
            if (!queue.write(bytes)) {
                listener.overflow();
            } else if (ring != null) {
                ring.write(index, block);
            }
            proceed();
        } finally {
            block.release();
        }
    }

    @Override
    public void cork(boolean on, Reply reply) {
        long now = clock.nowNs();
        settle(now);
        if (on && !corked) {
            halt();
            drySinceNs = now;
        } else if (!on && corked) {
            dry = true;
            drySinceNs = now;
            playingFor = 0;
        }
        corked = on;
        reply.done(ErrorCode.OK);
        proceed();
    }

    @Override
    public void flush(Reply reply) {
        settle(clock.nowNs());
        queue.flush();
        output.flush();
        if (ring != null) {
            ring.restart(queue.readIndex());
        }
        reply.done(ErrorCode.OK);
        proceed();
    }

    @Override
    public void prebuf(Reply reply) {
        settle(clock.nowNs());
        queue.prebuf();
        reply.done(ErrorCode.OK);
        proceed();
    }

    @Override
    public void trigger(Reply reply) {
        settle(clock.nowNs());
        queue.trigger();
        reply.done(ErrorCode.OK);
        proceed();
    }

    @Override
    public void drain(Reply reply) {
        settle(clock.nowNs());
        queue.trigger();
        drains.add(reply);
        proceed();
    }

    @Override
    public void timing(int tag, int localS, int localUs) {
        long now = clock.nowNs();
        // What is written while others are told how far it is comes after the question.
        long writeIndex = queue.writeIndex();
        settle(now);
        timing.firstLatencyUs = output.latencyUs() + stillHeardUs();
        timing.secondLatencyUs = 0;
        timing.running = playing;
        timing.evenly = true;
        timing.answeredAt(clock.wallUs());
        timing.writeIndex = writeIndex;
        timing.readIndex = queue.readIndex();
        timing.playingFor = playingFor;
        timing.underrunFor = neverPlayed ? NEVER_PLAYED : playing ? 0 : spec.bytesOf((now - drySinceNs) / 1000);
        listener.timing(tag, localS, localUs, timing);
        proceed();
    }

    @Override
    public void bufferAttr(BufferAttr wanted, boolean adjustLatency, boolean earlyRequests, Reply reply) {
        settle(clock.nowNs());
        queue.attr(BufferSizes.playback(wanted, spec));
        listener.bufferAttr(queue.attr(), 0);
        reply.done(ErrorCode.OK);
        proceed();
    }

    @Override
    public void sampleRate(int rateHz, Reply reply) {
        long now = clock.nowNs();
        settle(now);
        spec = new SampleSpec(spec.format(), spec.channels(), rateHz);
        output.rate(rateHz, now);
        reply.done(ErrorCode.OK);
        proceed();
    }

    @Override
    public void name(String name, Reply reply) {
        reply.done(ErrorCode.OK);
    }

    @Override
    public void volume(ChannelVolumes volume, Reply reply) {
        reply.done(ErrorCode.OK);
    }

    @Override
    public void mute(boolean muted, Reply reply) {
        reply.done(ErrorCode.OK);
    }

    @Override
    public void device(@Nullable String device, Reply reply) {
        reply.done(ErrorCode.OK);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        alarm.at(PaceClock.NEVER);
        output.close();
        if (ring != null) {
            ring.close();
        }
        for (Reply drain = drains.poll(); drain != null; drain = drains.poll()) {
            drain.done(ErrorCode.NOENTITY);
        }
        onClosed.accept(this);
    }

    private void tick(long nowNs) {
        settle(nowNs);
        proceed();
    }

    /** Plays what is due by now. */
    private void settle(long nowNs) {
        if (!playing) {
            return;
        }
        long due = output.take(nowNs);
        long bytes = Math.min(due, queue.fill() / spec.frameBytes() * spec.frameBytes());
        if (bytes > 0) {
            hand(bytes);
            queue.read(bytes);
            playingFor += bytes;
            if (dry) {
                dry = false;
                neverPlayed = false;
                listener.started();
            }
        }
        if (due > bytes) {
            ranDry(due - bytes, nowNs);
        }
    }

    private void ranDry(long surplusBytes, long nowNs) {
        if (!dry) {
            dry = true;
            drySinceNs = nowNs;
            playingFor = 0;
            if (drains.isEmpty()) {
                listener.underflow(queue.readIndex());
            }
        }
        if (queue.attr().prebuf() == 0) {
            queue.read(surplusBytes);
        } else {
            halt();
        }
    }

    /** Hands {@code bytes} from the read index on to the output. */
    private void hand(long bytes) {
        if (ring == null) {
            return;
        }
        long index = queue.readIndex();
        long end = index + bytes;
        while (output.wantsSamples() && index < end) {
            ByteBuffer pcm = wholeFrames(ring, index, end - index);
            index += pcm.remaining();
            output.play(pcm);
        }
        ring.readUpTo(end);
    }

    /** @return one or more whole frames from {@code index} on; lent until the next call */
    private ByteBuffer wholeFrames(SampleRing from, long index, long bytes) {
        int frame = spec.frameBytes();
        ByteBuffer pcm = from.at(index, bytes);
        if (pcm == null) {
            return silent((int) Math.min(bytes, SILENT_CHUNK_BYTES));
        }
        int whole = pcm.remaining() / frame * frame;
        if (whole > 0) {
            return pcm.limit(pcm.position() + whole);
        }
        // One frame over the ring's seam, or cut off by the end of what was written.
        ByteBuffer one = ByteBuffer.allocateDirect(frame);
        for (long at = index; one.hasRemaining(); at = index + one.position()) {
            ByteBuffer part = from.at(at, one.remaining());
            one.put(part == null ? silent(1) : part);
        }
        return one.flip();
    }

    private ByteBuffer silent(int bytes) {
        if (silentChunk == null) {
            silentChunk = ByteBuffer.allocateDirect(SILENT_CHUNK_BYTES / spec.frameBytes() * spec.frameBytes());
            while (silentChunk.hasRemaining()) {
                silentChunk.put(silence);
            }
        }
        return silentChunk.clear().limit(Math.min(bytes, silentChunk.capacity()));
    }

    private void halt() {
        if (playing) {
            playing = false;
            output.stop();
        }
    }

    /** Starts if it may, ends drains, gives credit, and sets the alarm for what comes next. */
    private void proceed() {
        if (closed || paused) {
            return;
        }
        long now = clock.nowNs();
        // Asked even while nothing is there: an empty queue goes back to waiting for prebuf, or, without one, time goes
        // on.
        if (!playing && !corked && queue.ready()) {
            playing = true;
            output.start(Math.max(now, heardUntilNs));
        }
        // Whoever hears that it is at the end may write, and drain anew.
        while (!drains.isEmpty() && nothingToPlay() && output.latencyUs() == 0) {
            drains.remove().done(ErrorCode.OK);
        }
        int credit = closed ? 0 : queue.takeMissing();
        if (credit > 0) {
            listener.credit(credit);
        }
        if (!closed) {
            alarm.at(nextNs(now));
        }
    }

    /** What was written once it had run dry waits to be filled up, and no drain waits for that, as PulseAudio has it. */
    private boolean nothingToPlay() {
        return queue.fill() < spec.frameBytes() || (!playing && queue.prebuffering());
    }

    private long nextNs(long nowNs) {
        if (!playing) {
            return drains.isEmpty() || corked || !nothingToPlay() ? PaceClock.NEVER : nowNs + output.latencyUs() * 1000;
        }
        long untilDry = queue.fill() + spec.frameBytes();
        return output.dueNs(Math.min(Math.max(queue.bytesToNextStep(), spec.frameBytes()), untilDry));
    }
}
