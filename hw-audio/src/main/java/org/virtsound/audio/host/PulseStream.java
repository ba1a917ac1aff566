package org.virtsound.audio.host;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.pulse.Answer;
import org.virtsound.audio.pulse.Command;
import org.virtsound.audio.pulse.Direction;
import org.virtsound.audio.pulse.Event;
import org.virtsound.audio.pulse.HotPackets;
import org.virtsound.audio.pulse.MixerCommand;
import org.virtsound.audio.pulse.Request;
import org.virtsound.audio.pulse.StreamCommand;
import org.virtsound.audio.pulse.TagReader;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.Reply;
import org.virtsound.audio.stream.Stream;
import org.virtsound.audio.stream.StreamListener;
import org.virtsound.audio.stream.StreamRequest;
import org.virtsound.audio.stream.Timing;

/** What playback and record streams on the host's server have in common: one command each, one answer each. Owned by the audio loop. */
abstract sealed class PulseStream implements Stream permits PulsePlayback, PulseRecord {
    private static final int UNKNOWN = -1;

    final PulseClient client;
    final StreamRequest request;
    private final Direction direction;
    private final StreamListener listener;
    private final Consumer<? super PulseStream> onClosed;
    private final Timing timing = new Timing();
    private final PulseTags.Waiter latency = new Latency();

    /** The connection's number for the stream, and the server's. */
    private int channel = UNKNOWN;

    private int index = UNKNOWN;
    private boolean closed;

    PulseStream(
            PulseClient client,
            Direction direction,
            StreamRequest request,
            StreamListener listener,
            Consumer<? super PulseStream> onClosed) {
        this.client = client;
        this.direction = direction;
        this.request = request;
        this.listener = listener;
        this.onClosed = onClosed;
    }

    /** Asks for it; the connection is up. */
    void create() {
        if (closed) {
            return;
        }
        client.ask(creation(), new PulseTags.Waiter() {
            @Override
            public void answered(int mark, TagReader in, int version) {
                created(in, version);
            }

            @Override
            public void failed(int mark, ErrorCode error) {
                over(error);
            }
        });
    }

    abstract Request creation();

    /** Reads the answer, calls {@link #known}, and tells its listener. */
    abstract void created(TagReader in, int version);

    /** @return false where it was closed meanwhile, and is not to be told of */
    boolean known(int channelNumber, int streamIndex) {
        channel = channelNumber;
        index = streamIndex;
        if (closed) {
            client.ask(new StreamCommand.Delete(direction, channel), Answered.IGNORED);
        }
        return !closed;
    }

    int channel() {
        return channel;
    }

    boolean open() {
        return !closed && channel != UNKNOWN;
    }

    boolean closed() {
        return closed;
    }

    void event(Event event) {
        if (closed) {
            return;
        }
        if (event instanceof Event.Suspended suspended) {
            listener.suspended(suspended.suspended());
        } else if (event instanceof Event.Moved moved) {
            listener.moved(moved.attr(), moved.deviceLatencyUs(), moved.suspended());
        } else if (event instanceof Event.BufferAttrChanged changed) {
            listener.bufferAttr(changed.attr(), changed.deviceLatencyUs());
        } else if (event instanceof Event.Killed) {
            client.remove(direction, channel);
            channel = UNKNOWN;
            over(ErrorCode.KILLED);
        }
    }

    /** It is gone on the server, or never came to be. */
    void over(ErrorCode error) {
        if (closed) {
            return;
        }
        closed = true;
        onClosed.accept(this);
        listener.ended(error);
    }

    @Override
    public void cork(boolean corked, Reply reply) {
        ask(new StreamCommand.Cork(direction, channel, corked), reply);
    }

    @Override
    public void flush(Reply reply) {
        ask(new StreamCommand.Flush(direction, channel), reply);
    }

    @Override
    public void timing(int tag, int localS, int localUs) {
        if (open()) {
            client.askLatency(direction, channel, tag, localS, localUs, latency);
        }
    }

    @Override
    public void bufferAttr(BufferAttr wanted, boolean adjustLatency, boolean earlyRequests, Reply reply) {
        if (!open()) {
            reply.done(ErrorCode.NOENTITY);
            return;
        }
        client.ask(
                new StreamCommand.SetBufferAttr(direction, channel, wanted, adjustLatency, earlyRequests),
                new Answered(reply) {
                    @Override
                    public void answered(int mark, TagReader in, int version) {
                        Answer.BufferAttrSet set = Answer.BufferAttrSet.decode(direction, in, version);
                        if (!closed) {
                            listener.bufferAttr(set.attr(), set.deviceLatencyUs());
                        }
                        super.answered(mark, in, version);
                    }
                });
    }

    @Override
    public void sampleRate(int rateHz, Reply reply) {
        ask(new StreamCommand.UpdateSampleRate(direction, channel, rateHz), reply);
    }

    @Override
    public void name(String name, Reply reply) {
        ask(new StreamCommand.SetName(direction, channel, name), reply);
    }

    @Override
    public void volume(ChannelVolumes volume, Reply reply) {
        ask(new MixerCommand.SetStreamVolume(direction, index, volume), reply);
    }

    @Override
    public void mute(boolean muted, Reply reply) {
        ask(new MixerCommand.SetStreamMute(direction, index, muted), reply);
    }

    @Override
    public void device(@Nullable String device, Reply reply) {
        String standard = direction == Direction.PLAYBACK ? "@DEFAULT_SINK@" : "@DEFAULT_SOURCE@";
        ask(new MixerCommand.MoveStream(direction, index, Command.NONE, device == null ? standard : device), reply);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (channel != UNKNOWN) {
            client.remove(direction, channel);
            client.ask(new StreamCommand.Delete(direction, channel), Answered.IGNORED);
        }
        onClosed.accept(this);
    }

    /** @return who waits for the answer; null where the stream is not open, and the reply is given */
    PulseTags.@Nullable Waiter ask(Request command, Reply reply) {
        if (!open()) {
            reply.done(ErrorCode.NOENTITY);
            return null;
        }
        Answered waiter = new Answered(reply);
        client.ask(command, waiter);
        return waiter;
    }

    private static class Answered implements PulseTags.Waiter {
        static final Answered IGNORED = new Answered(Reply.NOBODY);
        private final Reply reply;

        Answered(Reply reply) {
            this.reply = reply;
        }

        @Override
        public void answered(int mark, TagReader in, int version) {
            reply.done(ErrorCode.OK);
        }

        @Override
        public void failed(int mark, ErrorCode error) {
            reply.done(error);
        }
    }

    private final class Latency implements PulseTags.Waiter {
        @Override
        public void answered(int mark, TagReader in, int version) {
            long local = HotPackets.decodeLatency(in, direction, timing);
            timing.evenly = client.tellsEvenly();
            if (!closed) {
                listener.timing(mark, (int) (local >> 32), (int) local, timing);
            }
        }

        @Override
        public void failed(int mark, ErrorCode error) {
            // The stream is gone, and its owner is told so.
        }
    }
}
