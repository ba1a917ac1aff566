package org.virtsound.audio.host;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.pulse.Frames;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.PlaybackListener;
import org.virtsound.audio.stream.PlaybackStream;
import org.virtsound.audio.stream.Reply;
import org.virtsound.audio.stream.SeekMode;
import org.virtsound.audio.stream.SoundServer;
import org.virtsound.audio.stream.StreamOpened;
import org.virtsound.audio.stream.StreamRequest;
import org.virtsound.audio.stream.Timing;

/**
 * A guest's playback stream, whatever becomes of the host's. While it is live, everything passes to a stream on the host, and the
 * queue of {@code pace} only keeps account. Where the host's stream is gone, asleep, or set aside because nothing is audible,
 * {@code pace} goes on from the same place against the clock, and keeps what the guest writes; on return that is handed to the host
 * first, so that the latency is what it was. Owned by the audio loop.
 *
 * <p>Indices are the guest's; {@code at} translates them. The read index never goes back.
 */
final class SteadyPlayback implements SteadyStream, PlaybackStream {
    /** A question of our own among the guest's. */
    private static final int OWN_QUESTION = -1;
    /** The one that ends an {@link Arrival}. */
    private static final int ARRIVED = -2;
    /** So does this one, if the host, flushed, never stopped playing; otherwise it will say that it has started. */
    private static final int PLAYS_ON = -3;
    /** What the host gets to begin with, beyond what its device takes at once. */
    private static final long PRIMER_US = 100_000;
    /** Who arrives later than this has slept, and begins anew. */
    private static final long LATE_US = 250_000;
    /** A stream whose buffer is longer loses too much with a host: what it was sent is kept. */
    private static final long KEPT_FROM_US = 200_000;

    private static final long PULSE_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long WAKES_WITHIN_NS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final Reply NOBODY = error -> {};

    private final SteadyServer server;
    private final PlaybackListener guest;
    private final Remembered wanted;
    private final HostPosition at;
    private final PacedPlayback pace;
    private final SilenceDetector silence;
    private final Questions questions = new Questions();
    private final List<Reply> drains = new ArrayList<>(1);
    private final PaceClock.Alarm wakeCheck;
    private final PaceClock.Alarm pulseCheck;
    private final byte silentByte;

    private @Nullable PlaybackStream host;
    private @Nullable Ears ears;
    /** The host plays the first samples, and the clock is in charge until it is known where the host is. */
    private @Nullable Arrival arrival;
    /** Nothing from here on may be left out at the next arrival. */
    private long uncut = Long.MAX_VALUE;
    /** To be left out of what the guest writes next: the host is behind by that. */
    private long skipBytes;

    /** The guest has been told that it is open. */
    private boolean opened;

    private boolean live;
    private boolean closed;
    /** The host's stream is there, empty, and not used for now. */
    private boolean aside;
    /** It was corked for that. */
    private boolean corkedByUs;

    /** The host owes an answer to {@link #checkPulse}. */
    private boolean unanswered;

    private boolean hostSuspended;
    private boolean hostPlaying;
    /** It has said so, and has not run dry since; after a flush it goes on without a word. */
    private boolean hostStarted;
    /** Where the host's stream is written to while it is set aside; unknown until it has said so. */
    private long hostWriteIndex;

    private boolean hostIndexKnown;
    private boolean returnWanted;

    SteadyPlayback(SteadyServer server, StreamRequest request, PlaybackListener guest) {
        this.server = server;
        this.guest = guest;
        this.wanted = new Remembered(request);
        this.at = new HostPosition(server.clock());
        this.silentByte = request.spec().format().silence();
        this.silence = new SilenceDetector(request.spec(), server.silenceAfterS());
        this.pace =
                new PacedPlayback(server.clock(), new SilentOutput(request.spec()), request, true, guest, gone -> {});
        this.pulseCheck = server.clock().alarm(this::checkPulse);
        this.wakeCheck = server.clock().alarm(now -> checkAwake());
        pace.pause();
    }

    @Override
    public void attach(SoundServer place) {
        if (closed || host != null) {
            return;
        }
        Ears fresh = new Ears();
        ears = fresh;
        host = place.play(wanted.request(), fresh);
    }

    @Override
    public void goAlone() {
        if (!opened && !closed && host == null) {
            opened = true;
            guest.opened(pace.begin());
            if (!closed) {
                pace.resume(0, false, wanted.corked, 0);
            }
        }
    }

    @Override
    public void detach() {
        PlaybackStream leaving = host;
        if (leaving != null) {
            ears = null;
            leaving.close();
            hostGone();
        }
    }

    @Override
    public boolean isLive() {
        return live || aside || arrival != null;
    }

    /** The clock takes over; whatever the host has not answered, it answers. */
    private void hostGone() {
        host = null;
        ears = null;
        boolean wasLive = live;
        live = false;
        aside = false;
        arrival = null;
        corkedByUs = false;
        hostSuspended = false;
        if (wasLive) {
            takeOver(readIndex());
        }
        questions.answerAll(this::answer);
        if (!opened) {
            goAlone();
        }
    }

    private void answer(int tag, int localS, int localUs) {
        if (tag != OWN_QUESTION) {
            pace.timing(tag, localS, localUs);
        }
    }

    private void takeOver(long readIndex) {
        pace.resume(readIndex, hostPlaying && !wanted.corked, wanted.corked, at.latencyUs());
        for (Reply drain : List.copyOf(drains)) {
            pace.drain(error -> drained(drain, error));
        }
    }

    private long readIndex() {
        return at.estimate(pace.queue(), wanted.spec());
    }

    /** The host's stream, opened or roused, goes on where the clock is. */
    private void handOver(BufferAttr attr, long deviceLatencyUs) {
        PlaybackStream to = host;
        if (to == null) {
            return;
        }
        aside = false;
        returnWanted = false;
        long read = pace.readIndex();
        long start = read - (pace.isPlaying() ? wanted.spec().bytesOf(pace.stillHeardUs()) : 0);
        long end = pace.queue().writeIndex();
        if (!pace.isPlaying() || read >= end) {
            arrive(to, new Arrival(read, Math.min(read, end), uncut, hostWriteIndex, attr, deviceLatencyUs), 0);
            return;
        }
        long sent = Math.min(end, read + wanted.spec().bytesOf(deviceLatencyUs + PRIMER_US));
        arrival = new Arrival(start, sent, uncut, hostWriteIndex, attr, deviceLatencyUs);
        send(to, start, read, sent);
        if (corkedByUs) {
            corkedByUs = false;
            to.cork(false, NOBODY);
        }
        to.trigger(NOBODY);
        if (hostStarted) {
            to.timing(PLAYS_ON, 0, 0);
        }
    }

    /** The host has said where it is. */
    private void arrived(Arrival coming, Timing timing) {
        PlaybackStream to = host;
        if (to == null) {
            return;
        }
        long clockHeard = pace.readIndex() - wanted.spec().bytesOf(pace.stillHeardUs());
        long behind = coming.behind(timing.readIndex, wanted.spec().bytesOf(timing.firstLatencyUs), clockHeard);
        behind -= behind % wanted.spec().frameBytes();
        if (behind > wanted.spec().bytesOf(LATE_US)) {
            arrival = null;
            aside = true;
            hostIndexKnown = false;
            returnWanted = true;
            to.flush(NOBODY);
            to.timing(OWN_QUESTION, 0, 0);
        } else {
            arrive(to, coming, behind);
        }
    }

    /** A command comes that the host is to carry out: it is in charge, wherever it is. */
    private void settleArrival() {
        Arrival coming = arrival;
        PlaybackStream to = host;
        if (coming != null && to != null) {
            arrive(to, coming, 0);
        }
    }

    /** Sends the host all the rest, and leaves it in charge. */
    private void arrive(PlaybackStream to, Arrival coming, long behind) {
        boolean playing = arrival != null;
        arrival = null;
        uncut = Long.MAX_VALUE;
        pace.pause();
        PlaybackQueue queue = pace.queue();
        long end = queue.writeIndex();
        at.readTo(queue.readIndex());
        long skip = coming.skipped(behind);
        long from = Math.max(coming.sent(), Math.min(coming.sent() + skip, end));
        skipBytes = coming.sent() + skip - from;
        long silentBytes = Math.max(0, -behind);
        long sentBytes = coming.sent() - coming.start();
        at.begin(from - silentBytes - (coming.hostStart() + sentBytes));
        hostPlaying = playing;
        silence.reset();
        // Live once all is there: what the guest writes at the host's first credit comes behind it.
        send(to, from - silentBytes, from, Math.max(from, end));
        live = true;
        if (corkedByUs) {
            corkedByUs = false;
            to.cork(wanted.corked, NOBODY);
        }
        if (playing) {
            to.trigger(NOBODY);
            checkPulse(server.clock().nowNs());
        }
        for (Reply drain : List.copyOf(drains)) {
            to.drain(error -> drainedByHost(drain, error));
        }
        if (!coming.attr().equals(queue.attr())) {
            queue.attr(coming.attr());
            guest.bufferAttr(coming.attr(), coming.deviceLatencyUs());
        }
        passCredit();
        expectAwake();
    }

    /** Sends silence up to {@code from}, then what the clock has kept. */
    private void send(PlaybackStream to, long start, long from, long end) {
        for (long index = start; index < end; ) {
            int bytes = (int) Math.min((index < from ? from : end) - index, Frames.MEMBLOCK_USUAL_MAX);
            ByteBuf block = PooledByteBufAllocator.DEFAULT.directBuffer(bytes, bytes);
            at.sent(bytes);
            while (block.isWritable()) {
                ByteBuffer kept = index < from ? null : pace.kept(index, block.writableBytes());
                if (kept != null) {
                    index += kept.remaining();
                    block.writeBytes(kept);
                } else {
                    index += block.writableBytes();
                    while (block.isWritable()) {
                        block.writeByte(silentByte);
                    }
                }
            }
            to.write(block, SeekMode.RELATIVE, 0);
        }
    }

    /** Passes on what the host asks for beyond what the guest still owes. */
    private void passCredit() {
        long bytes = at.owed() - pace.queue().owed();
        if (live && opened && bytes > 0) {
            pace.queue().lend((int) bytes);
            guest.credit((int) bytes);
        }
    }

    /** The host's stream is emptied and left; the clock goes on. */
    private void setAside(boolean cork) {
        PlaybackStream leaving = host;
        if (leaving == null || !live) {
            return;
        }
        // Before the flush, after which the host asks for all of it anew.
        long readIndex = readIndex();
        live = false;
        aside = true;
        hostIndexKnown = false;
        if (cork) {
            corkedByUs = true;
            leaving.cork(true, NOBODY);
        }
        leaving.flush(NOBODY);
        leaving.timing(OWN_QUESTION, 0, 0);
        takeOver(readIndex);
    }

    private void returnToHost() {
        // A sink that sleeps because we corked wakes when we play.
        if (aside && hostIndexKnown && (corkedByUs || !hostSuspended)) {
            handOver(pace.queue().attr(), 0);
        }
    }

    @Override
    public void write(ByteBuf block, SeekMode mode, long offsetBytes) {
        boolean audible = silence.audible(block);
        PlaybackStream to = host;
        if (!live || to == null) {
            if (aside && audible && corkedByUs && uncut == Long.MAX_VALUE) {
                uncut = pace.queue().writeIndex();
            }
            pace.write(block, mode, offsetBytes);
            if (aside && audible && corkedByUs) {
                returnWanted = true;
                returnToHost();
            }
            return;
        }
        PlaybackQueue queue = pace.queue();
        long owedBefore = queue.owed();
        if (mode == SeekMode.RELATIVE_ON_READ) {
            queue.readAt(readIndex(), hostPlaying);
        }
        queue.seek(mode, offsetBytes);
        keep(queue, block);
        queue.write(block.readableBytes());
        at.sent(owedBefore - queue.owed());
        if (skipBytes > 0) {
            skip(block);
        }
        if (block.isReadable()) {
            to.write(block, mode, mode == SeekMode.ABSOLUTE ? at.toHost(offsetBytes) : offsetBytes);
        } else {
            block.release();
        }
        passCredit();
        if (silence.lasts() && hostPlaying && !wanted.corked && drains.isEmpty()) {
            setAside(true);
        }
    }

    private void keep(PlaybackQueue queue, ByteBuf block) {
        int tLength = queue.attr().tLength();
        if (tLength > wanted.spec().bytesOf(KEPT_FROM_US)) {
            pace.keep(queue.writeIndex(), block, tLength + queue.attr().minReq());
        }
    }

    /** Leaves out what the host is behind by; for that it is owed more. */
    private void skip(ByteBuf block) {
        int bytes = (int) Math.min(skipBytes, block.readableBytes());
        block.skipBytes(bytes);
        skipBytes -= bytes;
        at.skipped(bytes);
    }

    @Override
    public void cork(boolean corked, Reply reply) {
        settleArrival();
        wanted.corked = corked;
        silence.reset();
        PlaybackStream to = host;
        if (live && to != null) {
            to.cork(corked, sure(reply));
            at.forgetHeard();
            expectAwake();
        } else {
            pace.cork(corked, reply);
        }
    }

    /** Learns where the host is, for the case that it goes. */
    private void askHost() {
        PlaybackStream to = host;
        if (to != null && live) {
            to.timing(questions.add(OWN_QUESTION, 0, 0, pace.queue().writeIndex()), 0, 0);
        }
    }

    /**
     * Sees, every two seconds while it plays, that the host still answers; all streams in the same instant. Where we come late, it
     * still has had a second.
     */
    private void checkPulse(long nowNs) {
        if (!live || !hostPlaying || wanted.corked) {
            return;
        }
        if (unanswered) {
            server.hung();
        } else {
            unanswered = true;
            askHost();
            pulseCheck.at((nowNs / PULSE_NS + 2) * PULSE_NS);
        }
    }

    /** A sink that was idle wakes in a moment; one that sleeps on is not waited for. */
    private void expectAwake() {
        if (hostSuspended && !wanted.corked) {
            wakeCheck.at(server.clock().nowNs() + WAKES_WITHIN_NS);
        }
    }

    private void checkAwake() {
        if (hostSuspended && live && !wanted.corked) {
            setAside(false);
        }
    }

    @Override
    public void flush(Reply reply) {
        settleArrival();
        PlaybackStream to = host;
        if (live && to != null) {
            pace.queue().readAt(readIndex(), hostPlaying);
            pace.queue().flush();
            to.flush(sure(reply));
            hostPlaying = false;
            at.forgetHeard();
            askHost();
        } else {
            pace.flush(reply);
        }
    }

    @Override
    public void prebuf(Reply reply) {
        settleArrival();
        PlaybackStream to = host;
        if (live && to != null) {
            to.prebuf(sure(reply));
        } else {
            pace.prebuf(reply);
        }
    }

    @Override
    public void trigger(Reply reply) {
        settleArrival();
        PlaybackStream to = host;
        if (live && to != null) {
            to.trigger(sure(reply));
        } else {
            pace.trigger(reply);
        }
    }

    @Override
    public void drain(Reply reply) {
        settleArrival();
        drains.add(reply);
        PlaybackStream to = host;
        if (live && to != null) {
            to.drain(error -> drainedByHost(reply, error));
        } else {
            pace.drain(error -> drained(reply, error));
        }
    }

    /** What the host says of a drain counts only while it plays. */
    private void drainedByHost(Reply reply, ErrorCode error) {
        if (live && error != ErrorCode.CONNECTIONTERMINATED) {
            drained(reply, error);
        }
    }

    private void drained(Reply reply, ErrorCode error) {
        // The clock's word of a drain that the host has taken over since comes when the clock is closed.
        if (drains.remove(reply)) {
            reply.done(error);
        }
    }

    @Override
    public void timing(int tag, int localS, int localUs) {
        PlaybackStream to = host;
        if (live && to != null) {
            to.timing(questions.add(tag, localS, localUs, pace.queue().writeIndex()), localS, localUs);
        } else {
            pace.timing(tag, localS, localUs);
            at.readTo(pace.queue().readIndex());
        }
    }

    @Override
    public void bufferAttr(BufferAttr attr, boolean adjustLatency, boolean earlyRequests, Reply reply) {
        wanted.attr = attr;
        wanted.adjustLatency = adjustLatency;
        wanted.earlyRequests = earlyRequests;
        PlaybackStream to = host;
        if (live && to != null) {
            to.bufferAttr(attr, adjustLatency, earlyRequests, sure(reply));
        } else {
            if ((aside || arrival != null) && host != null) {
                host.bufferAttr(attr, adjustLatency, earlyRequests, NOBODY);
            }
            pace.bufferAttr(attr, adjustLatency, earlyRequests, reply);
        }
    }

    @Override
    public void sampleRate(int rateHz, Reply reply) {
        wanted.rateHz = rateHz;
        at.forgetHeard();
        if (host != null) {
            host.sampleRate(rateHz, NOBODY);
        }
        pace.sampleRate(rateHz, reply);
    }

    @Override
    public void name(String name, Reply reply) {
        wanted.name = name;
        ask(reply, (to, then) -> to.name(name, then));
    }

    @Override
    public void volume(ChannelVolumes volume, Reply reply) {
        wanted.volume = volume;
        ask(reply, (to, then) -> to.volume(volume, then));
    }

    @Override
    public void mute(boolean muted, Reply reply) {
        wanted.muted = muted;
        ask(reply, (to, then) -> to.mute(muted, then));
    }

    @Override
    public void device(@Nullable String device, Reply reply) {
        wanted.device = device;
        ask(reply, (to, then) -> to.device(device, then));
    }

    private interface Request {
        void to(PlaybackStream host, Reply then);
    }

    /** What is remembered is as good as done where the host is not there. */
    private void ask(Reply reply, Request request) {
        PlaybackStream to = host;
        if (to != null && opened && isLive()) {
            request.to(to, sure(reply));
        } else {
            reply.done(ErrorCode.OK);
        }
    }

    /** A command that the host takes with it when it goes was carried out: the clock goes on as it says. */
    private static Reply sure(Reply reply) {
        return error -> reply.done(error == ErrorCode.CONNECTIONTERMINATED ? ErrorCode.OK : error);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        wakeCheck.at(PaceClock.NEVER);
        pulseCheck.at(PaceClock.NEVER);
        ears = null;
        if (host != null) {
            host.close();
            host = null;
        }
        for (Reply drain : List.copyOf(drains)) {
            drained(drain, ErrorCode.NOENTITY);
        }
        pace.close();
        server.closed(this);
    }

    /** Hears one stream on the host, until another takes its place. */
    private final class Ears implements PlaybackListener {
        @Override
        public void opened(StreamOpened told) {
            if (ears != this) {
                return;
            }
            server.attached();
            at.opened(told);
            hostWriteIndex = 0;
            hostSuspended = told.suspended();
            hostStarted = false;
            if (opened) {
                handOver(told.attr(), told.deviceLatencyUs());
                return;
            }
            opened = true;
            live = true;
            pace.queue().attr(told.attr());
            pace.queue().lend(told.creditBytes());
            // Never "suspended": while the host's device sleeps, the clock goes on.
            guest.opened(new StreamOpened(told.attr(), told.deviceLatencyUs(), false, told.creditBytes()));
            expectAwake();
        }

        @Override
        public void ended(ErrorCode error) {
            if (ears == this) {
                hostGone();
                server.detached(SteadyPlayback.this, error, wanted.device);
            }
        }

        @Override
        public void credit(int bytes) {
            if (ears == this) {
                at.asked(bytes);
                passCredit();
            }
        }

        @Override
        public void started() {
            PlaybackStream from = host;
            hostStarted |= ears == this;
            if (ears == this && arrival != null && from != null) {
                unanswered = false;
                from.timing(ARRIVED, 0, 0);
            } else if (ears == this && live && !hostPlaying) {
                hostPlaying = true;
                unanswered = false;
                checkPulse(server.clock().nowNs());
                guest.started();
            }
        }

        @Override
        public void underflow(long readIndex) {
            hostStarted &= ears != this;
            if (ears == this && live) {
                hostPlaying = false;
                at.forgetHeard();
                at.readTo(at.toGuest(readIndex));
                guest.underflow(at.lastReadIndex());
            }
        }

        @Override
        public void overflow() {
            if (ears == this && live) {
                guest.overflow();
            }
        }

        @Override
        public void timing(int number, int localS, int localUs, Timing timing) {
            if (ears != this) {
                return;
            }
            Arrival coming = arrival;
            if (number == ARRIVED || number == PLAYS_ON) {
                if (coming != null && (number == ARRIVED || timing.running)) {
                    arrived(coming, timing);
                }
                return;
            }
            if (number == OWN_QUESTION) {
                hostWriteIndex = timing.writeIndex;
                hostIndexKnown = true;
                if (returnWanted) {
                    returnToHost();
                }
                return;
            }
            if (!questions.remove(number)) {
                return;
            }
            at.told(timing, wanted.spec(), timing.running && hostPlaying);
            if (live) {
                pace.queue().correct(timing.writeIndex - questions.writeIndex(number));
            }
            unanswered = false;
            if (questions.tag(number) != OWN_QUESTION) {
                guest.timing(questions.tag(number), localS, localUs, timing);
            } else if (live) {
                guest.measured(at.latencyUs() + wanted.spec().usOf(Math.max(0, timing.writeIndex - timing.readIndex)));
            }
        }

        @Override
        public void bufferAttr(BufferAttr attr, long deviceLatencyUs) {
            if (ears == this && opened) {
                pace.queue().attr(attr);
                guest.bufferAttr(attr, deviceLatencyUs);
            }
        }

        @Override
        public void suspended(boolean suspended) {
            if (ears != this) {
                return;
            }
            hostSuspended = suspended;
            if (suspended && live && !wanted.corked) {
                setAside(false);
            } else if (!suspended && aside && !corkedByUs) {
                returnWanted = true;
                returnToHost();
            }
        }

        @Override
        public void moved(BufferAttr attr, long deviceLatencyUs, boolean suspended) {
            if (ears == this && opened) {
                pace.queue().attr(attr);
                guest.moved(attr, deviceLatencyUs, false);
                at.forgetHeard();
                askHost();
                suspended(suspended);
            }
        }
    }
}
