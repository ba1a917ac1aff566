package org.virtsound.audio.relay;

import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.PlaybackListener;
import org.virtsound.audio.stream.PlaybackStream;
import org.virtsound.audio.stream.Reply;
import org.virtsound.audio.stream.SeekMode;
import org.virtsound.audio.stream.StreamOpened;
import org.virtsound.audio.stream.StreamRequest;
import org.virtsound.audio.stream.Timing;

/**
 * One playback stream of a guest: on the host while its policy lets it play, on silence while not, and the guest sees one stream
 * all along. Owned by the audio loop.
 *
 * <p>{@code base} is where the host's indices start in the guest's; it is 0 until the stream behind is replaced.
 */
final class RelayedPlayback implements PlaybackStream, RelayedStream {
    private static final long UNTOLD = -1;
    /** Years of sound: who writes beyond it, in either direction, wants to see what overflows. */
    private static final long INDEX_MAX = 1L << 52;
    /** Nobody waits for the end so often who reads the answers. */
    private static final int DRAINS_MAX = 16;
    /** A change of less is no news. */
    private static final long LATENCY_STEP_US = 10_000;

    private final RelayConnection connection;
    private final GuestRelay relay;
    private final PlaybackListener guest;
    private final HostRequest wanted;
    private final LevelMeter level;
    private final PendingTimings timings = new PendingTimings();
    private Side side;

    private boolean opened;
    private boolean closed;
    private long bytes;
    private long underflows;
    private long latencyUs = -1;
    private long toldLatencyUs = UNTOLD;
    /** As far as it can be reckoned: what is said relative to reading, and what a flush drops, the host alone knows. */
    private long writeIndex;

    /** The last timing question, while nothing was written since: its answer tells where the write index is. */
    private int lastAsked;

    private boolean writtenSince;
    private long readIndex;
    private long base;
    /** Credit that the guest has and has not used. */
    private long outstandingCredit;
    /** As much of what the stream behind gives has the guest had from the one before it. */
    private long advancedCredit;
    /** Drains that are not answered yet. */
    private int drains;

    RelayedPlayback(RelayConnection connection, GuestRelay relay, StreamRequest request, PlaybackListener guest) {
        this.connection = connection;
        this.relay = relay;
        this.guest = guest;
        wanted = new HostRequest(request, relay.identity().title());
        level = new LevelMeter(request.spec().format());
        side = open();
    }

    private Side open() {
        Side fresh = new Side(relay.policy().playback());
        StreamRequest request = wanted.playback(relay.policy(), relay.budget());
        fresh.stream = (fresh.live ? relay.host() : relay.silence()).play(request, fresh);
        return fresh;
    }

    @Override
    public void write(ByteBuf block, SeekMode mode, long offsetBytes) {
        int size = block.readableBytes();
        long from = (mode == SeekMode.ABSOLUTE ? 0 : writeIndex) + offsetBytes;
        if (Math.abs(offsetBytes) > INDEX_MAX || Math.abs(from) > INDEX_MAX) {
            block.release();
            guest.overflow();
            return;
        }
        bytes += size;
        relay.meters().playedBytes += size;
        level.passed(block);
        outstandingCredit -= size;
        writeIndex = from + size;
        writtenSince = true;
        side.stream().write(block, mode, mode == SeekMode.ABSOLUTE ? offsetBytes - base : offsetBytes);
    }

    @Override
    public void cork(boolean corked, Reply reply) {
        wanted.corked = corked;
        side.stream().cork(corked, settled(reply));
    }

    @Override
    public void flush(Reply reply) {
        writtenSince = true;
        side.stream().flush(settled(reply));
    }

    @Override
    public void drain(Reply reply) {
        if (drains == DRAINS_MAX) {
            relay.limitHit("drains", DRAINS_MAX + " at a time");
            reply.done(ErrorCode.TOOLARGE);
            return;
        }
        drains++;
        untilTheEnd(error -> {
            drains--;
            reply.done(error);
        });
    }

    private void untilTheEnd(Reply reply) {
        Side asked = side;
        // What was to be heard is gone with the stream it was in: its successor says when it is at the end.
        asked.stream().drain(error -> {
            if (error == ErrorCode.NOENTITY && !closed && side != asked) {
                untilTheEnd(reply);
            } else {
                reply.done(error);
            }
        });
    }

    @Override
    public void prebuf(Reply reply) {
        side.stream().prebuf(settled(reply));
    }

    @Override
    public void trigger(Reply reply) {
        side.stream().trigger(settled(reply));
    }

    @Override
    public void timing(int tag, int localS, int localUs) {
        if (timings.asked(tag, localS, localUs)) {
            lastAsked = tag;
            writtenSince = false;
            side.stream().timing(tag, localS, localUs);
        }
    }

    @Override
    public void bufferAttr(BufferAttr attr, boolean adjustLatency, boolean earlyRequests, Reply reply) {
        wanted.attr = attr;
        wanted.adjustLatency = adjustLatency;
        wanted.earlyRequests = earlyRequests;
        LatencyBudget budget = relay.budget();
        BufferAttr bounded = budget.playback(attr, wanted.spec());
        boolean inAll = adjustLatency || budget.countsDevice(attr, wanted.spec());
        side.stream().bufferAttr(bounded, inAll, earlyRequests, settled(reply));
    }

    @Override
    public void sampleRate(int rateHz, Reply reply) {
        if (!relay.mayResample(this, rateHz, wanted.spec())) {
            reply.done(ErrorCode.TOOLARGE);
            return;
        }
        wanted.rateHz = rateHz;
        side.stream().sampleRate(rateHz, settled(reply));
    }

    @Override
    public void name(String name, Reply reply) {
        wanted.name = HostRequest.bounded(name);
        side.stream().name(wanted.hostName(), settled(reply));
    }

    @Override
    public void volume(ChannelVolumes volume, Reply reply) {
        wanted.volume = volume;
        ChannelVolumes host =
                Objects.requireNonNull(wanted.hostVolume(relay.policy().volumePercent()));
        side.stream().volume(host, settled(reply));
    }

    @Override
    public void mute(boolean muted, Reply reply) {
        wanted.muted = muted;
        side.stream().mute(muted || Boolean.TRUE.equals(relay.policy().mute()), settled(reply));
    }

    /** A guest has one sink; where it leads is its owner's to say. */
    @Override
    public void device(@Nullable String device, Reply reply) {
        reply.done(ErrorCode.ACCESS);
    }

    @Override
    public void follow(GuestPolicy before, GuestPolicy now) {
        if (closed) {
            return;
        }
        if (now.playback() != side.live) {
            replace();
            return;
        }
        if (!Objects.equals(before.targetLatencyMs(), now.targetLatencyMs())
                || !Objects.equals(before.maxLatencyMs(), now.maxLatencyMs())) {
            bufferAttr(wanted.attr, wanted.adjustLatency, wanted.earlyRequests, Reply.NOBODY);
        }
        if (!Objects.equals(before.sink(), now.sink())) {
            side.stream().device(now.sink(), Reply.NOBODY);
        }
        ChannelVolumes volume = wanted.hostVolume(now.volumePercent());
        if (volume != null && !Objects.equals(before.volumePercent(), now.volumePercent())) {
            side.stream().volume(volume, Reply.NOBODY);
        }
        Boolean mute = Loudness.mute(wanted.muted, now.mute());
        if (mute != null && !Objects.equals(before.mute(), now.mute())) {
            side.stream().mute(mute, Reply.NOBODY);
        }
    }

    /** A reply that a replaced stream leaves open is good news all the same: {@link #wanted} is carried over. */
    private Reply settled(Reply reply) {
        return error -> reply.done(error == ErrorCode.NOENTITY && !closed ? ErrorCode.OK : error);
    }

    private void replace() {
        PlaybackStream old = side.stream();
        side.over = true;
        base = writeIndex;
        advancedCredit = Math.max(0, outstandingCredit);
        side = open();
        old.close();
        if (wanted.rateHz != wanted.guests().spec().rateHz()) {
            side.stream().sampleRate(wanted.rateHz, Reply.NOBODY);
        }
        timings.askAgain(side.stream());
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        end();
        side.stream().close();
    }

    private void end() {
        closed = true;
        side.over = true;
        connection.ended(this, opened);
    }

    @Override
    public long samplesPerSecond() {
        return wanted.samplesPerSecond();
    }

    @Override
    public StreamStatus status() {
        StreamRequest request = wanted.guests();
        return new StreamStatus(
                true,
                wanted.name,
                request.spec(),
                wanted.corked,
                bytes,
                underflows,
                latencyUs,
                level.takeDbfs(),
                side.live);
    }

    /** What one stream behind tells; deaf once it is replaced. */
    private final class Side implements PlaybackListener {
        private final boolean live;
        private boolean over;
        private @Nullable PlaybackStream stream;

        Side(boolean live) {
            this.live = live;
        }

        PlaybackStream stream() {
            return Objects.requireNonNull(stream, "the server called back before it returned the stream");
        }

        @Override
        public void opened(StreamOpened as) {
            if (over) {
                return;
            }
            if (!opened) {
                opened = true;
                outstandingCredit = as.creditBytes();
                connection.started(RelayedPlayback.this);
                guest.opened(as);
                return;
            }
            guest.bufferAttr(as.attr(), as.deviceLatencyUs());
            credit(as.creditBytes());
        }

        @Override
        public void ended(ErrorCode error) {
            if (!over) {
                end();
                guest.ended(error);
            }
        }

        @Override
        public void timing(int tag, int localS, int localUs, Timing timing) {
            if (over || !timings.answered(tag)) {
                return;
            }
            timing.writeIndex += base;
            if (tag == lastAsked && !writtenSince) {
                writeIndex = timing.writeIndex;
            }
            readIndex = Math.max(readIndex, timing.readIndex + base);
            timing.readIndex = readIndex;
            long queuedUs = wanted.usOf(Math.max(0, timing.writeIndex - timing.readIndex));
            latencyUs = timing.firstLatencyUs + queuedUs;
            guest.timing(tag, localS, localUs, timing);
        }

        @Override
        public void bufferAttr(BufferAttr attr, long deviceLatencyUs) {
            if (!over) {
                guest.bufferAttr(attr, deviceLatencyUs);
            }
        }

        @Override
        public void suspended(boolean suspended) {
            if (!over) {
                guest.suspended(suspended);
            }
        }

        @Override
        public void moved(BufferAttr attr, long deviceLatencyUs, boolean suspended) {
            if (!over) {
                guest.moved(attr, deviceLatencyUs, suspended);
            }
        }

        @Override
        public void credit(int bytes) {
            if (over) {
                return;
            }
            int had = (int) Math.min(advancedCredit, bytes);
            advancedCredit -= had;
            if (bytes > had) {
                outstandingCredit += bytes - had;
                guest.credit(bytes - had);
            }
        }

        @Override
        public void started() {
            if (!over) {
                guest.started();
            }
        }

        @Override
        public void underflow(long readIndex) {
            if (!over) {
                underflows++;
                relay.meters().underflows++;
                guest.underflow(readIndex + base);
            }
        }

        @Override
        public void overflow() {
            if (!over) {
                guest.overflow();
            }
        }

        @Override
        public void measured(long latency) {
            if (over) {
                return;
            }
            latencyUs = latency;
            if (toldLatencyUs == UNTOLD
                    || Math.abs(latency - toldLatencyUs)
                            > Math.max(LATENCY_STEP_US, Math.min(latency, toldLatencyUs))) {
                toldLatencyUs = latency;
                relay.measured(wanted.name, latency);
            }
        }
    }
}
