package org.virtsound.audio.host;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.BufferAttr;
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
 * The counterpart on the host of a guest's playback stream, from its opening until it is gone: whether it is in charge, and how it
 * takes over from the clock and leaves to it. On return it is handed first what the clock has kept, so that the latency is what it
 * was. Owned by the audio loop.
 */
final class HostPlayback implements PlaybackListener {
    /** Asks where the host's stream is written to. */
    private static final int WRITTEN = -1;
    /** The question that ends an {@link Arrival}. */
    private static final int ARRIVED = -2;
    /** So does this one, if the host, flushed, never stopped playing; otherwise it will say that it has started. */
    private static final int PLAYS_ON = -3;
    /** What the host gets to begin with, beyond what its device takes at once. */
    private static final long PRIMER_US = 100_000;
    /** Who arrives later than this has slept, and begins anew. */
    private static final long LATE_US = 250_000;

    private static final long WAKES_WITHIN_NS = TimeUnit.MILLISECONDS.toNanos(250);

    private enum State {
        OPENING,
        /** Opened or roused: it plays the first samples, if any; the clock is in charge until it is known where the host is. */
        ARRIVING,
        /** In charge. */
        LIVE,
        /** There, empty, and not used for now. */
        ASIDE,
        GONE
    }

    private final SteadyPlayback stream;
    private final SteadyServer server;
    private final PacedPlayback pace;
    private final HostPosition at;
    private final Remembered wanted;
    /** It opens, and its device wakes, in time. */
    private final PaceClock.Alarm check;

    /** What it was opened with. */
    private final StreamRequest asked;

    private final PlaybackStream host;
    private final LivePlayback live;

    private State state = State.OPENING;
    private @Nullable Arrival arrival;
    private boolean suspended;
    /** It has said that it plays, and has not run dry since; after a flush it goes on without a word. */
    private boolean started;
    /** As it was told last. */
    private boolean corked;
    /** It was corked because nothing is audible. */
    private boolean corkedByUs;
    /** Where it is written to while it is set aside; unknown until it has said so. */
    private long writeIndex;

    private boolean writeIndexKnown;
    private boolean returnWanted;

    HostPlayback(SteadyPlayback stream, SoundServer place, SteadyServer server) {
        this.stream = stream;
        this.server = server;
        this.pace = stream.pace();
        this.at = stream.at();
        this.wanted = stream.wanted();
        this.check = server.clock().alarm(now -> check());
        this.asked = wanted.request();
        this.corked = asked.corked();
        this.host = place.play(asked, this);
        this.live = new LivePlayback(this, host, stream, server);
        check.at(server.clock().nowNs() + SteadyServer.OPENS_WITHIN_NS);
    }

    boolean isLive() {
        return state == State.LIVE;
    }

    /** @return whether it is there, used or not */
    boolean isOpen() {
        return state != State.OPENING && state != State.GONE;
    }

    /** @return what passes commands to it and keeps account */
    LivePlayback live() {
        return live;
    }

    /** It is gone, or about to be: the clock goes on, and answers what it has not. */
    void leave() {
        boolean wasLive = isLive();
        hearNoMore();
        if (wasLive) {
            stream.takeOver(live.readIndex(), live.isPlaying());
        }
        live.leaveQuestions();
    }

    void close() {
        hearNoMore();
        host.close();
    }

    private void hearNoMore() {
        state = State.GONE;
        arrival = null;
        live.end();
        check.at(PaceClock.NEVER);
    }

    /** It goes on where the clock is. */
    private void handOver(long deviceLatencyUs) {
        state = State.ARRIVING;
        returnWanted = false;
        long read = pace.readIndex();
        long start = read - (pace.isPlaying() ? wanted.spec().bytesOf(pace.stillHeardUs()) : 0);
        pace.queue().cut();
        long end = pace.queue().writeIndex();
        if (!pace.isPlaying() || read >= end) {
            Arrival waits = new Arrival(read, Math.min(read, end), at.uncut(), writeIndex);
            arrive(waits, 0, false);
            return;
        }
        long sent = Math.min(end, read + wanted.spec().bytesOf(deviceLatencyUs + PRIMER_US));
        arrival = new Arrival(start, sent, at.uncut(), writeIndex);
        live.send(start, read, sent);
        cork(false);
        host.trigger(Reply.NOBODY);
        if (started) {
            host.timing(PLAYS_ON, 0, 0);
        }
    }

    /** It has said where it is. */
    private void arrived(Arrival coming, Timing timing) {
        long clockHeard = pace.readIndex() - wanted.spec().bytesOf(pace.stillHeardUs());
        long behind = coming.behind(timing.readIndex, wanted.spec().bytesOf(timing.firstLatencyUs), clockHeard);
        behind -= behind % wanted.spec().frameBytes();
        if (behind > wanted.spec().bytesOf(LATE_US)) {
            returnWanted = true;
            empty(false);
        } else {
            arrive(coming, behind, true);
        }
    }

    /** A command comes that it is to carry out: it is in charge, wherever it is. */
    void settle() {
        Arrival coming = arrival;
        if (coming != null) {
            arrive(coming, 0, true);
        }
    }

    /** It is sent all the rest, and is in charge. */
    private void arrive(Arrival coming, long behind, boolean playing) {
        arrival = null;
        pace.pause();
        PlaybackQueue queue = pace.queue();
        queue.cut();
        long end = queue.writeIndex();
        at.readTo(queue.readIndex());
        long skip = coming.skipped(behind);
        long from = Math.max(coming.sent(), Math.min(coming.sent() + skip, end));
        long silentBytes = Math.max(0, -behind);
        long sentBytes = coming.sent() - coming.start();
        at.begin(from - silentBytes - (coming.hostStart() + sentBytes), coming.sent() + skip - from);
        // In charge once all is there: what the guest writes at the first credit comes behind it.
        live.send(from - silentBytes, from, Math.max(from, end));
        state = State.LIVE;
        live.begin(playing);
        cork(wanted.corked);
        if (playing) {
            host.trigger(Reply.NOBODY);
            live.watch();
        }
        stream.begin(live);
        live.passCredit();
        expectAwake();
    }

    private void cork(boolean on) {
        corkedByUs = false;
        if (corked != on) {
            cork(on, Reply.NOBODY);
        }
    }

    void cork(boolean on, Reply reply) {
        corked = on;
        host.cork(on, reply);
    }

    /** It is emptied and left; the clock goes on. */
    private void setAside(boolean cork) {
        // Before the flush, after which it asks for all of it anew.
        long readIndex = live.readIndex();
        live.end();
        empty(cork);
        stream.takeOver(readIndex, live.isPlaying());
    }

    private void empty(boolean cork) {
        state = State.ASIDE;
        arrival = null;
        writeIndexKnown = false;
        if (cork) {
            cork(true);
            corkedByUs = true;
        }
        host.flush(Reply.NOBODY);
        host.timing(WRITTEN, 0, 0);
    }

    private void returnIfWanted() {
        // A device that sleeps because we corked wakes when we play.
        if (state == State.ASIDE && returnWanted && writeIndexKnown && (corkedByUs || !suspended)) {
            handOver(0);
        }
    }

    /** The guest writes. */
    void write(ByteBuf block, SeekMode mode, long offsetBytes, boolean audible) {
        if (isLive()) {
            live.write(block, mode, offsetBytes);
            if (isLive() && live.isPlaying() && stream.isSilent()) {
                setAside(true);
            }
            return;
        }
        if (state == State.ASIDE && corkedByUs && audible) {
            at.uncutFrom(pace.queue().writeIndex());
            returnWanted = true;
        }
        pace.write(block, mode, offsetBytes);
        returnIfWanted();
    }

    /** A device that was idle wakes in a moment; one that sleeps on is not waited for. */
    void expectAwake() {
        if (isLive() && suspended && !wanted.corked) {
            check.at(server.clock().nowNs() + WAKES_WITHIN_NS);
        }
    }

    private void check() {
        if (state == State.OPENING) {
            server.hung();
        } else if (isLive() && suspended && !wanted.corked) {
            setAside(false);
        }
    }

    @Override
    public void opened(StreamOpened told) {
        if (state == State.GONE) {
            return;
        }
        check.at(PaceClock.NEVER);
        server.attached();
        at.opened(told);
        suspended = told.suspended();
        state = State.ARRIVING;
        if (stream.isOpen()) {
            if (!told.attr().equals(pace.queue().attr())) {
                bufferAttr(told.attr(), told.deviceLatencyUs());
            }
            tellChanges();
            handOver(told.deviceLatencyUs());
        } else {
            state = State.LIVE;
            live.begin(false);
            // Its owner may have replaced a stream that plays: what was written since is its beginning.
            live.send(0, 0, pace.queue().writeIndex());
            stream.open(told);
            tellChanges();
            expectAwake();
        }
    }

    /** What was asked while it opened. */
    private void tellChanges() {
        wanted.tellChanges(asked, host);
        corked = wanted.corked;
    }

    @Override
    public void ended(ErrorCode error) {
        if (state != State.GONE) {
            stream.ended(this, error);
        }
    }

    @Override
    public void credit(int bytes) {
        if (state != State.GONE) {
            at.asked(bytes);
            live.passCredit();
        }
    }

    @Override
    public void started() {
        started = true;
        if (arrival != null) {
            host.timing(ARRIVED, 0, 0);
        } else if (isLive() && !live.isPlaying()) {
            live.started();
            stream.guest().started();
        }
    }

    @Override
    public void underflow(long readIndex) {
        started = false;
        if (isLive()) {
            live.stopped();
            at.readTo(at.toGuest(readIndex));
            stream.guest().underflow(at.lastReadIndex());
        }
    }

    @Override
    public void overflow() {
        if (isLive()) {
            stream.guest().overflow();
        }
    }

    @Override
    public void timing(int number, int localS, int localUs, Timing timing) {
        if (state == State.GONE) {
            return;
        }
        switch (number) {
            case ARRIVED, PLAYS_ON -> {
                Arrival coming = arrival;
                if (coming != null && (number == ARRIVED || timing.running)) {
                    arrived(coming, timing);
                }
            }
            case WRITTEN -> {
                writeIndex = timing.writeIndex;
                writeIndexKnown = true;
                returnIfWanted();
            }
            default -> live.answered(number, localS, localUs, timing);
        }
    }

    @Override
    public void bufferAttr(BufferAttr attr, long deviceLatencyUs) {
        if (isOpen()) {
            pace.queue().attr(attr);
            stream.guest().bufferAttr(attr, deviceLatencyUs);
        }
    }

    @Override
    public void suspended(boolean asleep) {
        suspended = asleep;
        if (asleep && isLive() && !wanted.corked) {
            setAside(false);
        } else if (!asleep && state == State.ASIDE && !corkedByUs) {
            returnWanted = true;
            returnIfWanted();
        }
    }

    @Override
    public void moved(BufferAttr attr, long deviceLatencyUs, boolean asleep) {
        if (isOpen()) {
            pace.queue().attr(attr);
            stream.guest().moved(attr, deviceLatencyUs, false);
            at.forgetHeard();
            if (isLive()) {
                live.askHost();
            }
            suspended(asleep);
        }
    }
}
