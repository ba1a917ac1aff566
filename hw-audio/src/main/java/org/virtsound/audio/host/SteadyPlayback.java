package org.virtsound.audio.host;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
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

/**
 * A guest's playback stream, whatever becomes of its counterpart on the host. While that is live, it is in charge, and the queue of
 * {@code pace} only keeps account. Where it is gone, asleep, or set aside because nothing is audible, {@code pace} goes on from the
 * same place against the clock, and keeps what the guest writes. Owned by the audio loop.
 *
 * <p>Indices are the guest's; {@code at} translates them. The read index never goes back.
 */
final class SteadyPlayback implements SteadyStream, PlaybackStream {
    private final SteadyServer server;
    private final PlaybackListener guest;
    private final Remembered wanted;
    private final HostPosition at;
    private final PacedPlayback pace;
    private final SilenceDetector silence;
    /** Who waits for the end of what was written, in the order of asking. */
    private final List<Reply> drains = new ArrayList<>(1);
    /** The one drain that is under way, at whoever is in charge; null where none is. */
    private @Nullable Object drain;

    private @Nullable HostPlayback host;
    /** The guest has been told that it is open. */
    private boolean opened;

    private boolean closed;

    SteadyPlayback(SteadyServer server, StreamRequest request, PlaybackListener guest) {
        this.server = server;
        this.guest = guest;
        this.wanted = new Remembered(request);
        this.at = new HostPosition(server.clock());
        this.silence = new SilenceDetector(request.spec(), server.silenceAfterS());
        this.pace =
                new PacedPlayback(server.clock(), new SilentOutput(request.spec()), request, true, guest, gone -> {});
        pace.pause();
    }

    PlaybackListener guest() {
        return guest;
    }

    Remembered wanted() {
        return wanted;
    }

    HostPosition at() {
        return at;
    }

    PacedPlayback pace() {
        return pace;
    }

    @Override
    public void attach(SoundServer place) {
        if (!closed && host == null) {
            host = new HostPlayback(this, place, server);
        }
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
        HostPlayback leaving = host;
        if (leaving != null) {
            hostGone(leaving);
            leaving.close();
        }
    }

    private void hostGone(HostPlayback leaving) {
        host = null;
        leaving.leave();
        if (!opened) {
            goAlone();
        }
    }

    @Override
    public boolean isLive() {
        return host != null && host.isOpen();
    }

    boolean isOpen() {
        return opened;
    }

    /** Its counterpart on the host is the first that opens it. */
    void open(StreamOpened told) {
        opened = true;
        pace.queue().attr(told.attr());
        pace.queue().lend(told.creditBytes());
        // Never "suspended": while the host's device sleeps, the clock goes on.
        guest.opened(new StreamOpened(told.attr(), told.deviceLatencyUs(), false, told.creditBytes()));
    }

    /** Its counterpart on the host has ended by itself. */
    void ended(HostPlayback gone, ErrorCode error) {
        hostGone(gone);
        server.detached(this, error, wanted.device);
    }

    /** The host is in charge. */
    void begin(LivePlayback live) {
        silence.reset();
        askForTheEnd(live);
    }

    /** The clock is in charge. */
    void takeOver(long readIndex, boolean playing) {
        pace.resume(readIndex, playing && !wanted.corked, wanted.corked, at.latencyUs());
        askForTheEnd(pace);
    }

    /** One drain for all that wait: a host remembers the last one only. */
    private void askForTheEnd(PlaybackStream to) {
        int asking = drains.size();
        Object asked = asking == 0 ? null : new Object();
        drain = asked;
        if (asked != null) {
            to.drain(error -> {
                // Another may have been asked since: who is in charge now counts.
                if (drain == asked) {
                    drained(asking, error);
                }
            });
        }
    }

    private void drained(int first, ErrorCode error) {
        List<Reply> ended = List.copyOf(drains.subList(0, first));
        drains.subList(0, first).clear();
        askForTheEnd(inCharge());
        ended.forEach(reply -> reply.done(error));
    }

    /** @return whether nobody would miss it on the host: it plays nothing audible and nobody waits for its end */
    boolean isSilent() {
        return silence.lasts() && !wanted.corked && drains.isEmpty();
    }

    /** @return who carries out what moves the stream; the host, if it is about to be in charge */
    private PlaybackStream settled() {
        if (host != null) {
            host.settle();
        }
        return inCharge();
    }

    private PlaybackStream inCharge() {
        return host != null && host.isLive() ? host.live() : pace;
    }

    /** @return who carries out what is remembered, too: the clock has nothing to do for it */
    private PlaybackStream there() {
        return host != null && host.isOpen() ? host.live() : pace;
    }

    @Override
    public void write(ByteBuf block, SeekMode mode, long offsetBytes) {
        boolean audible = silence.audible(block);
        if (host != null) {
            host.write(block, mode, offsetBytes, audible);
        } else {
            pace.write(block, mode, offsetBytes);
        }
    }

    @Override
    public void cork(boolean corked, Reply reply) {
        PlaybackStream to = settled();
        wanted.corked = corked;
        silence.reset();
        to.cork(corked, reply);
        if (host != null) {
            host.expectAwake();
        }
    }

    @Override
    public void flush(Reply reply) {
        settled().flush(reply);
    }

    @Override
    public void prebuf(Reply reply) {
        settled().prebuf(reply);
    }

    @Override
    public void trigger(Reply reply) {
        settled().trigger(reply);
    }

    @Override
    public void drain(Reply reply) {
        PlaybackStream to = settled();
        drains.add(reply);
        if (drain == null) {
            askForTheEnd(to);
        }
    }

    @Override
    public void timing(int tag, int localS, int localUs) {
        PlaybackStream to = inCharge();
        to.timing(tag, localS, localUs);
        if (to == pace) {
            at.readTo(pace.queue().readIndex());
        }
    }

    @Override
    public void bufferAttr(BufferAttr attr, boolean adjustLatency, boolean earlyRequests, Reply reply) {
        wanted.attr = attr;
        wanted.adjustLatency = adjustLatency;
        wanted.earlyRequests = earlyRequests;
        if (there() != inCharge()) {
            there().bufferAttr(attr, adjustLatency, earlyRequests, Reply.NOBODY);
        }
        inCharge().bufferAttr(attr, adjustLatency, earlyRequests, reply);
    }

    @Override
    public void sampleRate(int rateHz, Reply reply) {
        wanted.rateHz = rateHz;
        at.forgetHeard();
        if (host != null) {
            host.live().sampleRate(rateHz, Reply.NOBODY);
        }
        pace.sampleRate(rateHz, reply);
    }

    @Override
    public void name(String name, Reply reply) {
        wanted.name = name;
        there().name(name, reply);
    }

    @Override
    public void volume(ChannelVolumes volume, Reply reply) {
        wanted.volume = volume;
        there().volume(volume, reply);
    }

    @Override
    public void mute(boolean muted, Reply reply) {
        wanted.muted = muted;
        there().mute(muted, reply);
    }

    @Override
    public void device(@Nullable String device, Reply reply) {
        wanted.device = device;
        there().device(device, reply);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        HostPlayback leaving = host;
        host = null;
        if (leaving != null) {
            leaving.close();
        }
        drain = null;
        drains.forEach(reply -> reply.done(ErrorCode.NOENTITY));
        drains.clear();
        pace.close();
        server.closed(this);
    }
}
