package org.virtsound.audio.host;

import io.netty.buffer.ByteBuf;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.pulse.Answer;
import org.virtsound.audio.pulse.Command;
import org.virtsound.audio.pulse.CreatePlaybackStream;
import org.virtsound.audio.pulse.Direction;
import org.virtsound.audio.pulse.Event;
import org.virtsound.audio.pulse.Request;
import org.virtsound.audio.pulse.StreamCommand;
import org.virtsound.audio.pulse.StreamFlag;
import org.virtsound.audio.pulse.TagReader;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.PlaybackListener;
import org.virtsound.audio.stream.PlaybackStream;
import org.virtsound.audio.stream.Reply;
import org.virtsound.audio.stream.SeekMode;
import org.virtsound.audio.stream.StreamOpened;
import org.virtsound.audio.stream.StreamRequest;

/** A sink input on the host's server. Owned by the audio loop. */
final class PulsePlayback extends PulseStream implements PlaybackStream {
    private final HostIdentity identity;
    private final PlaybackListener listener;
    /** Who waits for the end of what was written. */
    private PulseTags.@Nullable Waiter draining;
    /** Where the next block goes: behind what was thrown away. */
    private SeekMode gapMode = SeekMode.RELATIVE;

    private long gapBytes;

    PulsePlayback(
            PulseClient client,
            HostIdentity identity,
            StreamRequest request,
            PlaybackListener listener,
            Consumer<? super PulseStream> onClosed) {
        super(client, Direction.PLAYBACK, request, listener, onClosed);
        this.identity = identity;
        this.listener = listener;
    }

    @Override
    Request creation() {
        return new CreatePlaybackStream(
                request.spec(),
                request.map(),
                Command.NONE,
                request.device(),
                request.attr(),
                flags(request),
                client.nextSyncId(),
                volume(request),
                identity.stream(request.name()),
                List.of());
    }

    static Set<StreamFlag> flags(StreamRequest request) {
        Set<StreamFlag> flags = EnumSet.noneOf(StreamFlag.class);
        set(flags, StreamFlag.CORKED, request.corked());
        set(flags, StreamFlag.VOLUME_SET, request.volume() != null);
        set(flags, StreamFlag.MUTED_SET, request.muted() != null);
        set(flags, StreamFlag.MUTED, Boolean.TRUE.equals(request.muted()));
        set(flags, StreamFlag.ADJUST_LATENCY, request.adjustLatency());
        set(flags, StreamFlag.EARLY_REQUESTS, request.earlyRequests());
        set(flags, StreamFlag.VARIABLE_RATE, request.variableRate());
        set(flags, StreamFlag.NO_REMAP, request.noRemap());
        set(flags, StreamFlag.NO_REMIX, request.noRemix());
        return flags;
    }

    /** @return a volume for each channel, which the packet has to have even where the flags say that it does not count */
    static ChannelVolumes volume(StreamRequest request) {
        ChannelVolumes volume = request.volume();
        int channels = request.spec().channels();
        if (volume != null && volume.volumes().size() == channels) {
            return volume;
        }
        return ChannelVolumes.flat(
                channels,
                volume == null ? ChannelVolumes.NORM : volume.volumes().get(0));
    }

    private static void set(Set<StreamFlag> flags, StreamFlag flag, boolean on) {
        if (on) {
            flags.add(flag);
        }
    }

    @Override
    void created(TagReader in, int version) {
        Answer.PlaybackOpened opened = Answer.PlaybackOpened.decode(in, version);
        if (known(opened.channel(), opened.streamIndex())) {
            client.add(opened.channel(), this);
            listener.opened(
                    new StreamOpened(opened.attr(), opened.sinkLatencyUs(), opened.suspended(), opened.missingBytes()));
        }
    }

    void credit(int bytes) {
        listener.credit(bytes);
    }

    @Override
    void event(Event event) {
        if (closed()) {
            return;
        }
        if (event instanceof Event.Underflow underflow) {
            listener.underflow(underflow.readIndex());
        } else if (event instanceof Event.Overflow) {
            listener.overflow();
        } else if (event instanceof Event.Started) {
            listener.started();
        } else {
            super.event(event);
        }
    }

    @Override
    public void write(ByteBuf block, SeekMode mode, long offsetBytes) {
        if (!open() || !block.isReadable()) {
            block.release();
            return;
        }
        boolean follows = mode == SeekMode.RELATIVE;
        SeekMode from = follows ? gapMode : mode;
        long offset = follows ? gapBytes + offsetBytes : offsetBytes;
        if (client.isWritable()) {
            noGap();
            client.send(channel(), block, from, offset);
        } else {
            // The server counts what is left out with the next one, and asks for as much again.
            gapMode = from;
            gapBytes = offset + block.readableBytes();
            block.release();
        }
    }

    private void noGap() {
        gapMode = SeekMode.RELATIVE;
        gapBytes = 0;
    }

    @Override
    public void flush(Reply reply) {
        noGap();
        super.flush(reply);
    }

    @Override
    public void drain(Reply reply) {
        forgetDrain();
        draining = ask(new StreamCommand.Drain(channel()), reply);
    }

    /** The server answers a stream's last one alone, and that of a stream that is gone not at all. */
    private void forgetDrain() {
        if (draining != null) {
            client.forget(draining);
            draining = null;
        }
    }

    @Override
    void over(ErrorCode error) {
        forgetDrain();
        super.over(error);
    }

    @Override
    public void close() {
        forgetDrain();
        super.close();
    }

    @Override
    public void prebuf(Reply reply) {
        ask(new StreamCommand.Prebuf(channel()), reply);
    }

    @Override
    public void trigger(Reply reply) {
        ask(new StreamCommand.Trigger(channel()), reply);
    }
}
