package org.virtsound.audio.host;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.RecordListener;
import org.virtsound.audio.stream.RecordStream;
import org.virtsound.audio.stream.Reply;
import org.virtsound.audio.stream.SoundServer;
import org.virtsound.audio.stream.StreamOpened;
import org.virtsound.audio.stream.StreamRequest;
import org.virtsound.audio.stream.Timing;

/**
 * A record stream, whatever becomes of the host's: while that is gone or asleep, silence comes at the right pace. Indices are the
 * guest's, {@code delta} is what they are ahead of the host's. Sees that the host still records. Owned by the audio loop.
 */
final class SteadyRecord implements SteadyStream, RecordStream {
    /** A question of our own among the guest's. */
    private static final int OWN_QUESTION = -1;

    /** Where a host records is never foretold. */
    private static final int ONLY_TURN = 0;

    private final SteadyServer server;
    private final RecordListener guest;
    private final Remembered wanted;
    private final ClockedRecord pace;
    private final Questions questions = new Questions();
    /** Samples are an answer, too. */
    private final HostPulse pulse;
    /** The host opens it in time. */
    private final PaceClock.Alarm opening;

    private @Nullable RecordStream host;
    private @Nullable Ears ears;
    /** The guest has been told that it is open. */
    private boolean opened;
    /** The guest hears the host. */
    private boolean live;

    private boolean closed;
    /** Bytes that the guest was handed. */
    private long index;

    private long delta;
    private long lastReadIndex;

    SteadyRecord(SteadyServer server, StreamRequest request, RecordListener guest) {
        this.server = server;
        this.guest = guest;
        this.wanted = new Remembered(request);
        this.pace = new ClockedRecord(server.clock(), request, guest, gone -> {});
        this.pulse = new HostPulse(server, () -> live && !wanted.corked, () -> timing(OWN_QUESTION, 0, 0));
        this.opening = server.clock().alarm(now -> openOnClock());
        pace.pause();
    }

    @Override
    public void attach(SoundServer place) {
        if (closed || host != null) {
            return;
        }
        Ears fresh = new Ears(wanted.request());
        ears = fresh;
        host = place.record(fresh.asked, fresh);
        if (!opened) {
            opening.at(server.clock().nowNs() + SteadyServer.OPENS_WITHIN_NS);
        }
    }

    @Override
    public void goAlone() {
        if (host == null) {
            openOnClock();
        }
    }

    private void openOnClock() {
        if (!opened && !closed) {
            opened = true;
            guest.opened(pace.begin());
            if (!closed) {
                pace.resume(0, wanted.corked);
            }
        }
    }

    @Override
    public void detach() {
        RecordStream leaving = host;
        if (leaving != null) {
            ears = null;
            leaving.close();
            hostGone();
        }
    }

    @Override
    public boolean isLive() {
        return live;
    }

    private void hostGone() {
        host = null;
        ears = null;
        pauseHost();
        if (!opened) {
            goAlone();
        }
    }

    /** The clock takes over from the host. */
    private void pauseHost() {
        if (live) {
            live = false;
            pulse.end();
            pace.resume(Math.max(index, lastReadIndex), wanted.corked);
        }
        questions.answerAll((tag, localS, localUs) -> {
            if (tag != OWN_QUESTION) {
                pace.timing(tag, localS, localUs);
            }
        });
    }

    /** @return who carries out what moves the stream */
    private RecordStream inCharge() {
        return live && host != null ? host : pace;
    }

    /** @return who carries out what is remembered, too: the clock has nothing to do for it */
    private RecordStream there() {
        return host != null && ears != null && ears.open ? host : pace;
    }

    private interface Request {
        void to(RecordStream stream, Reply then);
    }

    /** Both are to know, whoever is in charge. */
    private void ask(Reply reply, Request request) {
        RecordStream to = inCharge();
        if (there() != to) {
            request.to(there(), Reply.NOBODY);
        }
        request.to(to, SteadyStream.sure(reply));
    }

    @Override
    public void cork(boolean corked, Reply reply) {
        wanted.corked = corked;
        ask(reply, (to, then) -> to.cork(corked, then));
        if (live && !corked) {
            pulse.watch();
        }
    }

    @Override
    public void flush(Reply reply) {
        inCharge().flush(SteadyStream.sure(reply));
    }

    @Override
    public void timing(int tag, int localS, int localUs) {
        RecordStream to = inCharge();
        to.timing(to == pace ? tag : questions.add(tag, localS, localUs, index, ONLY_TURN), localS, localUs);
    }

    @Override
    public void bufferAttr(BufferAttr attr, boolean adjustLatency, boolean earlyRequests, Reply reply) {
        wanted.attr = attr;
        wanted.adjustLatency = adjustLatency;
        wanted.earlyRequests = earlyRequests;
        ask(reply, (to, then) -> to.bufferAttr(attr, adjustLatency, earlyRequests, then));
    }

    @Override
    public void sampleRate(int rateHz, Reply reply) {
        wanted.rateHz = rateHz;
        if (there() != pace) {
            there().sampleRate(rateHz, Reply.NOBODY);
        }
        pace.sampleRate(rateHz, reply);
    }

    @Override
    public void name(String name, Reply reply) {
        wanted.name = name;
        there().name(name, SteadyStream.sure(reply));
    }

    @Override
    public void volume(ChannelVolumes volume, Reply reply) {
        wanted.volume = volume;
        there().volume(volume, SteadyStream.sure(reply));
    }

    @Override
    public void mute(boolean muted, Reply reply) {
        wanted.muted = muted;
        there().mute(muted, SteadyStream.sure(reply));
    }

    @Override
    public void device(@Nullable String device, Reply reply) {
        wanted.device = device;
        there().device(device, SteadyStream.sure(reply));
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        ears = null;
        pulse.end();
        opening.at(PaceClock.NEVER);
        if (host != null) {
            host.close();
            host = null;
        }
        pace.close();
        server.closed(this);
    }

    /** The host takes over from the clock. */
    private void goLive(long hostIndex) {
        live = true;
        pace.pause();
        index = Math.max(index, pace.index());
        delta = index - hostIndex;
        pulse.watch();
    }

    /** Hears one stream on the host, until another takes its place. */
    private final class Ears implements RecordListener {
        private final StreamRequest asked;
        private boolean open;
        private long hostIndex;

        Ears(StreamRequest asked) {
            this.asked = asked;
        }

        @Override
        public void opened(StreamOpened told) {
            RecordStream to = host;
            if (ears != this || to == null) {
                return;
            }
            server.attached();
            boolean first = !opened;
            opened = true;
            open = true;
            boolean sameSizes = told.attr().equals(pace.attr());
            pace.attr(told.attr());
            wanted.tellChanges(asked, to);
            if (!told.suspended()) {
                goLive(0);
            } else if (first) {
                pace.resume(0, wanted.corked);
            }
            if (first) {
                // Never "suspended": while the host's device sleeps, the clock goes on.
                guest.opened(new StreamOpened(told.attr(), told.deviceLatencyUs(), false, 0));
            } else if (!sameSizes) {
                guest.bufferAttr(told.attr(), told.deviceLatencyUs());
            }
        }

        @Override
        public void ended(ErrorCode error) {
            if (ears == this) {
                hostGone();
                server.detached(SteadyRecord.this, error, wanted.device);
            }
        }

        @Override
        public void fragment(ByteBuf fragment) {
            if (ears != this || closed) {
                fragment.release();
                return;
            }
            pulse.answered();
            hostIndex += fragment.readableBytes();
            if (live) {
                index += fragment.readableBytes();
                guest.fragment(fragment);
            } else {
                fragment.release();
            }
        }

        @Override
        public void timing(int number, int localS, int localUs, Timing timing) {
            if (ears != this || !questions.remove(number)) {
                return;
            }
            timing.writeIndex += delta;
            timing.readIndex = Math.max(lastReadIndex, timing.readIndex + delta);
            lastReadIndex = timing.readIndex;
            pulse.answered();
            int tag = questions.tag(number);
            if (tag != OWN_QUESTION) {
                guest.timing(tag, localS, localUs, timing);
            }
        }

        @Override
        public void bufferAttr(BufferAttr attr, long deviceLatencyUs) {
            if (ears == this && open) {
                pace.attr(attr);
                guest.bufferAttr(attr, deviceLatencyUs);
            }
        }

        @Override
        public void suspended(boolean suspended) {
            if (ears != this || !open) {
                return;
            }
            if (suspended && live) {
                pauseHost();
            } else if (!suspended && !live) {
                goLive(hostIndex);
            }
        }

        @Override
        public void moved(BufferAttr attr, long deviceLatencyUs, boolean suspended) {
            if (ears == this && open) {
                pace.attr(attr);
                guest.moved(attr, deviceLatencyUs, false);
                suspended(suspended);
            }
        }
    }
}
