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
 * guest's, {@code delta} is what they are ahead of the host's. Owned by the audio loop.
 */
final class SteadyRecord implements SteadyStream, RecordStream {
    private final SteadyServer server;
    private final RecordListener guest;
    private final Remembered wanted;
    private final ClockedRecord pace;
    private final Questions questions = new Questions();

    private @Nullable RecordStream host;
    private @Nullable Ears ears;
    private boolean opened;
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
        pace.pause();
    }

    @Override
    public void attach(SoundServer place) {
        if (closed || host != null) {
            return;
        }
        Ears fresh = new Ears();
        ears = fresh;
        host = place.record(wanted.request(), fresh);
    }

    @Override
    public void goAlone() {
        if (!opened && !closed && host == null) {
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
            pace.resume(Math.max(index, lastReadIndex), wanted.corked);
        }
        questions.answerAll(pace::timing);
    }

    @Override
    public void cork(boolean corked, Reply reply) {
        wanted.corked = corked;
        RecordStream to = host;
        if (to != null && opened) {
            to.cork(corked, live ? SteadyStream.sure(reply) : Reply.NOBODY);
        }
        if (!live || to == null) {
            pace.cork(corked, reply);
        }
    }

    @Override
    public void flush(Reply reply) {
        RecordStream to = host;
        if (live && to != null) {
            to.flush(SteadyStream.sure(reply));
        } else {
            pace.flush(reply);
        }
    }

    @Override
    public void timing(int tag, int localS, int localUs) {
        RecordStream to = host;
        if (live && to != null) {
            to.timing(questions.add(tag, localS, localUs, index), localS, localUs);
        } else {
            pace.timing(tag, localS, localUs);
        }
    }

    @Override
    public void bufferAttr(BufferAttr attr, boolean adjustLatency, boolean earlyRequests, Reply reply) {
        wanted.attr = attr;
        wanted.adjustLatency = adjustLatency;
        wanted.earlyRequests = earlyRequests;
        RecordStream to = host;
        if (live && to != null) {
            to.bufferAttr(attr, adjustLatency, earlyRequests, SteadyStream.sure(reply));
        } else {
            pace.bufferAttr(attr, adjustLatency, earlyRequests, reply);
        }
    }

    @Override
    public void sampleRate(int rateHz, Reply reply) {
        wanted.rateHz = rateHz;
        if (host != null) {
            host.sampleRate(rateHz, Reply.NOBODY);
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
        void to(RecordStream host, Reply then);
    }

    private void ask(Reply reply, Request request) {
        RecordStream to = host;
        if (live && to != null) {
            request.to(to, SteadyStream.sure(reply));
        } else {
            reply.done(ErrorCode.OK);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        ears = null;
        if (host != null) {
            host.close();
            host = null;
        }
        pace.close();
        server.closed(this);
    }

    private void goLive(BufferAttr attr, long deviceLatencyUs, long hostIndex) {
        live = true;
        pace.pause();
        index = Math.max(index, pace.index());
        delta = index - hostIndex;
        if (!attr.equals(pace.attr())) {
            pace.attr(attr);
            guest.bufferAttr(attr, deviceLatencyUs);
        }
    }

    /** Hears one stream on the host, until another takes its place. */
    private final class Ears implements RecordListener {
        private long hostIndex;

        @Override
        public void opened(StreamOpened told) {
            if (ears != this) {
                return;
            }
            server.attached();
            if (opened) {
                goLive(told.attr(), told.deviceLatencyUs(), 0);
                return;
            }
            opened = true;
            live = true;
            pace.attr(told.attr());
            guest.opened(new StreamOpened(told.attr(), told.deviceLatencyUs(), false, 0));
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
            guest.timing(questions.tag(number), localS, localUs, timing);
        }

        @Override
        public void bufferAttr(BufferAttr attr, long deviceLatencyUs) {
            if (ears == this && opened) {
                pace.attr(attr);
                guest.bufferAttr(attr, deviceLatencyUs);
            }
        }

        @Override
        public void suspended(boolean suspended) {
            if (ears != this || !opened) {
                return;
            }
            if (suspended && live) {
                pauseHost();
            } else if (!suspended && !live) {
                goLive(pace.attr(), 0, hostIndex);
            }
        }

        @Override
        public void moved(BufferAttr attr, long deviceLatencyUs, boolean suspended) {
            if (ears == this && opened) {
                pace.attr(attr);
                guest.moved(attr, deviceLatencyUs, false);
                suspended(suspended);
            }
        }
    }
}
