package org.virtsound.audio.guest;

import static java.util.Objects.requireNonNull;

import io.netty.util.collection.IntObjectMap;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.pulse.Command;
import org.virtsound.audio.pulse.CreatePlaybackStream;
import org.virtsound.audio.pulse.CreateRecordStream;
import org.virtsound.audio.pulse.Direction;
import org.virtsound.audio.pulse.MixerCommand;
import org.virtsound.audio.pulse.Opcode;
import org.virtsound.audio.pulse.Proplist;
import org.virtsound.audio.pulse.Request;
import org.virtsound.audio.pulse.StreamCommand;
import org.virtsound.audio.pulse.TagReader;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.Reply;
import org.virtsound.audio.stream.SampleSpec;

/**
 * A guest's commands to its own streams. A channel or index that is none of them is NOENTITY, whoever else may have it. Owned by
 * the audio loop.
 */
final class StreamCommands {
    private static final int REPLACE = 2;

    private final GuestSession session;
    private final GuestOut out;
    private int nextPlaybackChannel;
    private int nextRecordChannel;

    StreamCommands(GuestSession session) {
        this.session = session;
        out = session.out();
    }

    void accept(Opcode opcode, int tag, TagReader in) {
        session.relay().command();
        switch (opcode) {
            case GET_PLAYBACK_LATENCY -> latency(session.playbacks(), tag, in);
            case GET_RECORD_LATENCY -> latency(session.records(), tag, in);
            case CREATE_PLAYBACK_STREAM -> play(tag, CreatePlaybackStream.decode(in, out.version()));
            case CREATE_RECORD_STREAM -> record(tag, CreateRecordStream.decode(in, out.version()));
            default -> toStream(tag, (StreamCommand) session.decode(opcode));
        }
    }

    /** The hot one: no record in between. */
    private void latency(IntObjectMap<? extends GuestStream> streams, int tag, TagReader in) {
        int channel = in.u32();
        long local = in.timeval();
        in.end();
        GuestStream stream = streams.get(channel);
        if (stream == null || !stream.isOpen()) {
            out.error(tag, ErrorCode.NOENTITY);
        } else {
            stream.stream().timing(tag, (int) (local >> 32), (int) local);
        }
    }

    private void play(int tag, CreatePlaybackStream wish) {
        RequestedStream requested = RequestedStream.of(wish);
        ErrorCode error = refusal(Direction.PLAYBACK, wish.sinkIndex(), wish.sinkName(), requested);
        if (error != ErrorCode.OK || requested.request() == null) {
            out.error(tag, error);
            return;
        }
        int channel = nextPlaybackChannel++;
        session.playbacks()
                .put(channel, new GuestPlayback(session, requested.request(), requested.format(), channel, tag));
    }

    private void record(int tag, CreateRecordStream wish) {
        RequestedStream requested = RequestedStream.of(wish);
        ErrorCode error = wish.directOnInput() == Command.NONE
                ? refusal(Direction.RECORD, wish.sourceIndex(), wish.sourceName(), requested)
                : ErrorCode.NOENTITY;
        if (error != ErrorCode.OK || requested.request() == null) {
            out.error(tag, error);
            return;
        }
        int channel = nextRecordChannel++;
        session.records().put(channel, new GuestRecord(session, requested.request(), requested.format(), channel, tag));
    }

    private ErrorCode refusal(Direction direction, int index, @Nullable String name, RequestedStream requested) {
        if (!GuestDevices.means(direction, index, name)) {
            return ErrorCode.NOENTITY;
        }
        if (requested.error() != ErrorCode.OK) {
            return requested.error();
        }
        return session.relay().mayOpen(requireNonNull(requested.request()).spec()) ? ErrorCode.OK : ErrorCode.TOOLARGE;
    }

    private void toStream(int tag, StreamCommand command) {
        GuestStream stream = command.direction() == Direction.PLAYBACK
                ? session.playbacks().get(command.channel())
                : session.records().get(command.channel());
        if (stream == null || !stream.isOpen()) {
            out.error(tag, ErrorCode.NOENTITY);
            return;
        }
        Reply reply = error -> out.settle(tag, error);
        if (command instanceof StreamCommand.Delete) {
            stream.stream().close();
            session.forget(stream);
            reply.done(ErrorCode.OK);
        } else if (command instanceof StreamCommand.Cork cork) {
            stream.cork(cork.corked(), reply);
        } else if (command instanceof StreamCommand.Flush) {
            stream.flush(reply);
        } else if (command instanceof StreamCommand.Drain && stream instanceof GuestPlayback playback) {
            playback.stream().drain(reply);
        } else if (command instanceof StreamCommand.Trigger && stream instanceof GuestPlayback playback) {
            playback.stream().trigger(reply);
        } else if (command instanceof StreamCommand.Prebuf && stream instanceof GuestPlayback playback) {
            playback.stream().prebuf(reply);
        } else if (command instanceof StreamCommand.SetBufferAttr set) {
            stream.bufferAttr(tag, set.attr(), set.adjustLatency(), set.earlyRequests());
        } else if (command instanceof StreamCommand.UpdateSampleRate update) {
            rate(stream, update.rateHz(), reply);
        } else if (command instanceof StreamCommand.SetName set) {
            rename(stream, set.name(), reply);
        } else if (command instanceof StreamCommand.UpdateProplist update) {
            update(stream, update, reply);
        } else if (command instanceof StreamCommand.RemoveProplist) {
            reply.done(ErrorCode.OK);
        } else {
            reply.done(ErrorCode.NOTIMPLEMENTED);
        }
    }

    private void rate(GuestStream stream, int rateHz, Reply reply) {
        if (rateHz < 1 || rateHz > SampleSpec.RATE_MAX_HZ) {
            reply.done(ErrorCode.INVALID);
        } else if (!stream.request.variableRate()) {
            reply.done(ErrorCode.BADSTATE);
        } else {
            stream.sampleRate(rateHz, reply);
        }
    }

    private static void rename(GuestStream stream, @Nullable String name, Reply reply) {
        if (name == null) {
            reply.done(ErrorCode.INVALID);
        } else {
            stream.name(name, reply);
        }
    }

    /** Of all properties only the media's name goes on. */
    private static void update(GuestStream stream, StreamCommand.UpdateProplist update, Reply reply) {
        Proplist properties = update.properties();
        String name = properties.text("media.name");
        if (update.mode() < 0 || update.mode() > REPLACE) {
            reply.done(ErrorCode.INVALID);
        } else if (name == null) {
            reply.done(ErrorCode.OK);
        } else {
            stream.name(name, reply);
        }
    }

    /** Volume and mute, which name a stream by its index. */
    void mix(Opcode opcode, int tag, TagReader in) {
        session.relay().command();
        Request request = session.decode(opcode);
        MixerCommand command = (MixerCommand) request;
        GuestStream stream = session.streams(command.direction()).stream()
                .filter(s -> s.index == command.streamIndex() && s.isOpen())
                .findFirst()
                .orElse(null);
        Reply reply = error -> out.settle(tag, error);
        if (stream == null) {
            reply.done(ErrorCode.NOENTITY);
        } else if (command instanceof MixerCommand.SetStreamMute set) {
            stream.mute(set.muted(), reply);
        } else if (command instanceof MixerCommand.SetStreamVolume set) {
            volume(stream, set.volume(), reply);
        }
    }

    private static void volume(GuestStream stream, @Nullable ChannelVolumes volume, Reply reply) {
        int channels = stream.request.spec().channels();
        if (volume == null || (volume.volumes().size() != 1 && volume.volumes().size() != channels)) {
            reply.done(ErrorCode.INVALID);
        } else {
            stream.volume(RequestedStream.ofChannels(volume, channels), reply);
        }
    }
}
