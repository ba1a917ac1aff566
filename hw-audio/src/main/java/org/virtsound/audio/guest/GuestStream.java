package org.virtsound.audio.guest;

import org.jspecify.annotations.Nullable;
import org.virtsound.audio.pulse.Answer;
import org.virtsound.audio.pulse.Command;
import org.virtsound.audio.pulse.Direction;
import org.virtsound.audio.pulse.Event;
import org.virtsound.audio.pulse.FormatInfo;
import org.virtsound.audio.pulse.Proplist;
import org.virtsound.audio.pulse.StreamInfo;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.Reply;
import org.virtsound.audio.stream.Stream;
import org.virtsound.audio.stream.StreamListener;
import org.virtsound.audio.stream.StreamOpened;
import org.virtsound.audio.stream.StreamRequest;
import org.virtsound.audio.stream.Timing;

/** One stream as its guest's connection knows it: by a channel and an index, both ours. Owned by the audio loop. */
abstract sealed class GuestStream implements StreamListener permits GuestPlayback, GuestRecord {
    final GuestSession session;
    final GuestOut out;
    final Direction direction;
    final StreamRequest request;
    final FormatInfo format;
    final int channel;
    final int index;

    private final int createTag;
    private boolean opened;
    private String name;
    private boolean corked;
    private boolean muted;
    private ChannelVolumes volume;
    private BufferAttr attr;
    private long deviceLatencyUs;
    /** For other buffer sizes, not answered yet. */
    private int wishes;

    GuestStream(
            GuestSession session,
            Direction direction,
            StreamRequest request,
            @Nullable FormatInfo format,
            int channel,
            int createTag) {
        this.session = session;
        this.direction = direction;
        this.request = request;
        this.format = format == null ? FormatInfo.UNSAID : format;
        this.channel = channel;
        this.createTag = createTag;
        out = session.out();
        index = session.relay().nextIndex();
        name = request.name();
        corked = request.corked();
        muted = Boolean.TRUE.equals(request.muted());
        volume = request.volume() != null
                ? request.volume()
                : ChannelVolumes.flat(request.spec().channels(), ChannelVolumes.NORM);
        attr = request.attr();
    }

    abstract Stream stream();

    abstract Answer openedAnswer(StreamOpened as);

    boolean isOpen() {
        return opened;
    }

    void cork(boolean corked, Reply reply) {
        this.corked = corked;
        stream().cork(corked, reply);
    }

    void flush(Reply reply) {
        stream().flush(reply);
    }

    void sampleRate(int rateHz, Reply reply) {
        stream().sampleRate(rateHz, reply);
    }

    void name(String name, Reply reply) {
        this.name = name;
        stream().name(name, reply);
    }

    void volume(ChannelVolumes volume, Reply reply) {
        this.volume = volume;
        stream().volume(volume, reply);
    }

    void mute(boolean muted, Reply reply) {
        this.muted = muted;
        stream().mute(muted, reply);
    }

    /** The reply carries what is in force by then. */
    void bufferAttr(int tag, BufferAttr wanted, boolean adjustLatency, boolean earlyRequests) {
        wishes++;
        stream().bufferAttr(RequestedStream.bounded(wanted, request.spec()), adjustLatency, earlyRequests, error -> {
            wishes--;
            if (error == ErrorCode.OK) {
                out.command(tag, new Answer.BufferAttrSet(direction, attr, deviceLatencyUs));
            } else {
                out.error(tag, error);
            }
        });
    }

    StreamInfo info(int clientIndex) {
        return new StreamInfo(
                index,
                name,
                Command.NONE,
                clientIndex,
                GuestDevices.indexOf(direction),
                request.spec(),
                request.map(),
                0,
                deviceLatencyUs,
                null,
                "virt-sound",
                Proplist.of("media.name", name),
                corked,
                volume,
                muted,
                true,
                true,
                format);
    }

    @Override
    public void opened(StreamOpened as) {
        opened = true;
        attr = as.attr();
        deviceLatencyUs = as.deviceLatencyUs();
        out.command(createTag, openedAnswer(as));
    }

    @Override
    public void ended(ErrorCode error) {
        session.forget(this);
        if (opened) {
            out.command(Command.NO_TAG, new Event.Killed(direction, channel));
        } else {
            out.error(createTag, error == ErrorCode.OK ? ErrorCode.INTERNAL : error);
        }
    }

    @Override
    public void timing(int tag, int localS, int localUs, Timing timing) {
        out.latency(tag, localS, localUs, timing, direction);
    }

    @Override
    public void bufferAttr(BufferAttr attr, long deviceLatencyUs) {
        boolean changed = !attr.equals(this.attr);
        this.attr = attr;
        this.deviceLatencyUs = deviceLatencyUs;
        // Of record streams libpulse reads it as a playback stream's, and fails: they learn it from the reply to their
        // wish only.
        if (changed && opened && wishes == 0 && direction == Direction.PLAYBACK && out.version() >= 15) {
            out.command(Command.NO_TAG, new Event.BufferAttrChanged(direction, channel, attr, deviceLatencyUs));
        }
    }

    @Override
    public void suspended(boolean suspended) {
        out.command(Command.NO_TAG, new Event.Suspended(direction, channel, suspended));
    }

    @Override
    public void moved(BufferAttr attr, long deviceLatencyUs, boolean suspended) {
        this.attr = attr;
        this.deviceLatencyUs = deviceLatencyUs;
        out.command(
                Command.NO_TAG,
                new Event.Moved(
                        direction,
                        channel,
                        GuestDevices.indexOf(direction),
                        GuestDevices.nameOf(direction),
                        suspended,
                        attr,
                        deviceLatencyUs));
    }
}
