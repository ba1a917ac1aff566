package org.virtsound.audio.relay;

import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.RecordListener;
import org.virtsound.audio.stream.RecordStream;
import org.virtsound.audio.stream.Reply;
import org.virtsound.audio.stream.StreamOpened;
import org.virtsound.audio.stream.StreamRequest;
import org.virtsound.audio.stream.Timing;

/**
 * One record stream of a guest: silence at the right pace while the microphone is not granted, with no stream on the host, and the
 * host's microphone while it is; the guest sees one stream all along. Owned by the audio loop.
 *
 * <p>On a grant the silence goes on until the host's stream is open; on a revoke the host's stream is closed before anything else.
 * The guest's read index is what it was given, whichever stream it came from.
 */
final class RelayedRecord implements RecordStream, RelayedStream {
    private final RelayConnection connection;
    private final GuestRelay relay;
    private final MicListener guest;
    private final HostRequest wanted;
    private final LevelMeter level;
    private final PendingTimings timings = new PendingTimings();
    /** What the guest hears. */
    private Side side;
    /** The host's stream, while it is being opened behind the silence. */
    private @Nullable Side coming;

    private boolean opened;
    private boolean closed;
    private boolean toldOnAir;
    /** Given to the guest; its read index. */
    private long bytes;

    private long latencyUs = -1;

    RelayedRecord(RelayConnection connection, GuestRelay relay, StreamRequest request, MicListener guest) {
        this.connection = connection;
        this.relay = relay;
        this.guest = guest;
        wanted = new HostRequest(request, relay.identity().title());
        level = new LevelMeter(request.spec().format());
        side = open(relay.mic().open());
        tellOnAir();
    }

    private Side open(boolean live) {
        Side fresh = new Side(live);
        StreamRequest request = wanted.record(relay.policy(), relay.budget());
        RecordStream stream = (live ? relay.host() : relay.silence()).record(request, fresh);
        fresh.stream = stream;
        if (wanted.rateHz != wanted.guests().spec().rateHz()) {
            stream.sampleRate(wanted.rateHz, Reply.NOBODY);
        }
        return fresh;
    }

    private interface Request {
        void to(RecordStream stream, Reply then);
    }

    /** The guest's stream answers; the one that is to replace it is to know, too. */
    private void ask(Reply reply, Request request) {
        request.to(side.stream(), settled(reply));
        if (coming != null) {
            request.to(coming.stream(), Reply.NOBODY);
        }
    }

    @Override
    public void cork(boolean corked, Reply reply) {
        wanted.corked = corked;
        ask(reply, (to, then) -> to.cork(corked, then));
    }

    @Override
    public void flush(Reply reply) {
        side.stream().flush(settled(reply));
    }

    @Override
    public void timing(int tag, int localS, int localUs) {
        if (timings.asked(tag, localS, localUs)) {
            side.stream().timing(tag, localS, localUs);
        }
    }

    @Override
    public void bufferAttr(BufferAttr attr, boolean adjustLatency, boolean earlyRequests, Reply reply) {
        wanted.attr = attr;
        wanted.adjustLatency = adjustLatency;
        wanted.earlyRequests = earlyRequests;
        BufferAttr bounded = relay.budget().record(attr, wanted.spec());
        ask(reply, (to, then) -> to.bufferAttr(bounded, adjustLatency, earlyRequests, then));
    }

    @Override
    public void sampleRate(int rateHz, Reply reply) {
        if (!relay.mayResample(this, rateHz, wanted.spec())) {
            reply.done(ErrorCode.TOOLARGE);
            return;
        }
        wanted.rateHz = rateHz;
        ask(reply, (to, then) -> to.sampleRate(rateHz, then));
    }

    @Override
    public void name(String name, Reply reply) {
        wanted.name = HostRequest.bounded(name);
        ask(reply, (to, then) -> to.name(wanted.hostName(), then));
    }

    @Override
    public void volume(ChannelVolumes volume, Reply reply) {
        wanted.volume = volume;
        ChannelVolumes host =
                Objects.requireNonNull(wanted.hostVolume(relay.policy().captureVolumePercent()));
        ask(reply, (to, then) -> to.volume(host, then));
    }

    @Override
    public void mute(boolean muted, Reply reply) {
        wanted.muted = muted;
        ask(reply, (to, then) -> to.mute(muted, then));
    }

    /** A guest has one source; where it comes from is its owner's to say. */
    @Override
    public void device(@Nullable String device, Reply reply) {
        reply.done(ErrorCode.ACCESS);
    }

    @Override
    public void follow(GuestPolicy before, GuestPolicy now) {
        if (closed) {
            return;
        }
        if (relay.mic().open()) {
            hear(before, now);
        } else {
            silence();
        }
        if (!Objects.equals(before.targetLatencyMs(), now.targetLatencyMs())
                || !Objects.equals(before.maxLatencyMs(), now.maxLatencyMs())) {
            bufferAttr(wanted.attr, wanted.adjustLatency, wanted.earlyRequests, Reply.NOBODY);
        }
    }

    /** Opens the microphone, or follows with what is open. */
    private void hear(GuestPolicy before, GuestPolicy now) {
        Side live = side.live ? side : coming;
        if (live == null) {
            coming = open(true);
            tellOnAir();
            return;
        }
        if (!Objects.equals(before.source(), now.source())) {
            live.stream().device(now.source(), Reply.NOBODY);
        }
        ChannelVolumes volume = wanted.hostVolume(now.captureVolumePercent());
        if (volume != null && !Objects.equals(before.captureVolumePercent(), now.captureVolumePercent())) {
            live.stream().volume(volume, Reply.NOBODY);
        }
    }

    /** Takes the microphone away at once. */
    private void silence() {
        Side wasComing = coming;
        if (wasComing != null) {
            coming = null;
            wasComing.drop();
        }
        if (side.live) {
            Side live = side;
            live.drop();
            guest.recalled();
            replace(open(false));
        }
        tellOnAir();
    }

    private void tellOnAir() {
        boolean now = !closed && onAir();
        if (now != toldOnAir) {
            toldOnAir = now;
            relay.meters().onAir(now);
        }
    }

    private void replace(Side fresh) {
        side = fresh;
        timings.askAgain(fresh.stream());
    }

    /** A reply that a replaced stream leaves open is good news all the same: {@link #wanted} is carried over. */
    private Reply settled(Reply reply) {
        return error -> reply.done(error == ErrorCode.NOENTITY && !closed ? ErrorCode.OK : error);
    }

    boolean onAir() {
        return side.live || coming != null;
    }

    @Override
    public void close() {
        if (!closed) {
            end();
            side.stream().close();
        }
    }

    private void end() {
        closed = true;
        side.over = true;
        if (coming != null) {
            coming.drop();
            coming = null;
        }
        tellOnAir();
        connection.ended(this, opened);
    }

    @Override
    public long samplesPerSecond() {
        return wanted.samplesPerSecond();
    }

    @Override
    public StreamStatus status() {
        return new StreamStatus(
                false,
                wanted.name,
                wanted.guests().spec(),
                wanted.corked,
                bytes,
                0,
                latencyUs,
                level.takeDbfs(),
                side.live);
    }

    /** What one stream behind tells; deaf while it is not what the guest hears. */
    private final class Side implements RecordListener {
        private final boolean live;
        private boolean over;
        private @Nullable RecordStream stream;

        Side(boolean live) {
            this.live = live;
        }

        RecordStream stream() {
            return Objects.requireNonNull(stream, "the server called back before it returned the stream");
        }

        void drop() {
            over = true;
            stream().close();
        }

        @Override
        public void opened(StreamOpened as) {
            if (over) {
                return;
            }
            if (this == coming) {
                coming = null;
                side.drop();
                replace(this);
            }
            if (live) {
                guest.granted();
            }
            if (opened) {
                guest.bufferAttr(as.attr(), as.deviceLatencyUs());
                return;
            }
            opened = true;
            connection.started(RelayedRecord.this);
            guest.opened(as);
        }

        @Override
        public void ended(ErrorCode error) {
            if (over) {
                return;
            }
            over = true;
            if (this == coming) {
                coming = null;
            } else if (live) {
                guest.recalled();
                replace(open(false));
            } else {
                end();
                guest.ended(error);
            }
            tellOnAir();
        }

        @Override
        public void fragment(ByteBuf fragment) {
            if (over || this != side) {
                fragment.release();
                return;
            }
            int size = fragment.readableBytes();
            bytes += size;
            relay.meters().recordedBytes += size;
            level.passed(fragment);
            guest.fragment(fragment);
        }

        @Override
        public void timing(int tag, int localS, int localUs, Timing timing) {
            if (over || !timings.answered(tag)) {
                return;
            }
            long queued = Math.max(0, timing.writeIndex - timing.readIndex);
            timing.readIndex = bytes;
            timing.writeIndex = bytes + queued;
            latencyUs = timing.firstLatencyUs + timing.secondLatencyUs + wanted.usOf(queued);
            guest.timing(tag, localS, localUs, timing);
        }

        @Override
        public void bufferAttr(BufferAttr attr, long deviceLatencyUs) {
            if (!over && this == side) {
                guest.bufferAttr(attr, deviceLatencyUs);
            }
        }

        @Override
        public void suspended(boolean suspended) {
            if (!over && this == side) {
                guest.suspended(suspended);
            }
        }

        @Override
        public void moved(BufferAttr attr, long deviceLatencyUs, boolean suspended) {
            if (!over && this == side) {
                guest.moved(attr, deviceLatencyUs, suspended);
            }
        }
    }
}
