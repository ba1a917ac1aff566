package org.virtsound.audio.pulse;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.BufferAttr;

/**
 * What a client wants of a stream that it has open; {@code channel} is the connection's number for it. Answered by
 * {@link Answer.Done} where nothing else is said. Source: native-protocol.md, 6.4.
 */
public sealed interface StreamCommand extends Request {
    /** Of the stream; some are for playback alone. */
    default Direction direction() {
        return Direction.PLAYBACK;
    }

    int channel();

    /** @return null where the opcode is none of these */
    static @Nullable StreamCommand decode(Opcode opcode, TagReader in, int version) {
        return switch (opcode) {
            case DELETE_PLAYBACK_STREAM -> Delete.decode(Direction.PLAYBACK, in, version);
            case DELETE_RECORD_STREAM -> Delete.decode(Direction.RECORD, in, version);
            case CORK_PLAYBACK_STREAM -> Cork.decode(Direction.PLAYBACK, in, version);
            case CORK_RECORD_STREAM -> Cork.decode(Direction.RECORD, in, version);
            case FLUSH_PLAYBACK_STREAM -> Flush.decode(Direction.PLAYBACK, in, version);
            case FLUSH_RECORD_STREAM -> Flush.decode(Direction.RECORD, in, version);
            case DRAIN_PLAYBACK_STREAM -> Drain.decode(in, version);
            case TRIGGER_PLAYBACK_STREAM -> Trigger.decode(in, version);
            case PREBUF_PLAYBACK_STREAM -> Prebuf.decode(in, version);
            case GET_PLAYBACK_LATENCY -> GetLatency.decode(Direction.PLAYBACK, in, version);
            case GET_RECORD_LATENCY -> GetLatency.decode(Direction.RECORD, in, version);
            case SET_PLAYBACK_STREAM_BUFFER_ATTR -> SetBufferAttr.decode(Direction.PLAYBACK, in, version);
            case SET_RECORD_STREAM_BUFFER_ATTR -> SetBufferAttr.decode(Direction.RECORD, in, version);
            case UPDATE_PLAYBACK_STREAM_SAMPLE_RATE -> UpdateSampleRate.decode(Direction.PLAYBACK, in, version);
            case UPDATE_RECORD_STREAM_SAMPLE_RATE -> UpdateSampleRate.decode(Direction.RECORD, in, version);
            case SET_PLAYBACK_STREAM_NAME -> SetName.decode(Direction.PLAYBACK, in, version);
            case SET_RECORD_STREAM_NAME -> SetName.decode(Direction.RECORD, in, version);
            case UPDATE_PLAYBACK_STREAM_PROPLIST -> UpdateProplist.decode(Direction.PLAYBACK, in, version);
            case UPDATE_RECORD_STREAM_PROPLIST -> UpdateProplist.decode(Direction.RECORD, in, version);
            case REMOVE_PLAYBACK_STREAM_PROPLIST -> RemoveProplist.decode(Direction.PLAYBACK, in, version);
            case REMOVE_RECORD_STREAM_PROPLIST -> RemoveProplist.decode(Direction.RECORD, in, version);
            default -> null;
        };
    }

    record Delete(Direction direction, int channel) implements StreamCommand {
        @Override
        public Opcode opcode() {
            return direction.pick(Opcode.DELETE_PLAYBACK_STREAM, Opcode.DELETE_RECORD_STREAM);
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(channel);
        }

        public static Delete decode(Direction direction, TagReader in, int version) {
            Delete command = new Delete(direction, in.u32());
            in.end();
            return command;
        }
    }

    record Cork(Direction direction, int channel, boolean corked) implements StreamCommand {
        @Override
        public Opcode opcode() {
            return direction.pick(Opcode.CORK_PLAYBACK_STREAM, Opcode.CORK_RECORD_STREAM);
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(channel).bool(corked);
        }

        public static Cork decode(Direction direction, TagReader in, int version) {
            Cork command = new Cork(direction, in.u32(), in.bool());
            in.end();
            return command;
        }
    }

    record Flush(Direction direction, int channel) implements StreamCommand {
        @Override
        public Opcode opcode() {
            return direction.pick(Opcode.FLUSH_PLAYBACK_STREAM, Opcode.FLUSH_RECORD_STREAM);
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(channel);
        }

        public static Flush decode(Direction direction, TagReader in, int version) {
            Flush command = new Flush(direction, in.u32());
            in.end();
            return command;
        }
    }

    /** Answered when all was played; NOENTITY where the stream goes away meanwhile. */
    record Drain(int channel) implements StreamCommand {
        @Override
        public Opcode opcode() {
            return Opcode.DRAIN_PLAYBACK_STREAM;
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(channel);
        }

        public static Drain decode(TagReader in, int version) {
            Drain command = new Drain(in.u32());
            in.end();
            return command;
        }
    }

    record Trigger(int channel) implements StreamCommand {
        @Override
        public Opcode opcode() {
            return Opcode.TRIGGER_PLAYBACK_STREAM;
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(channel);
        }

        public static Trigger decode(TagReader in, int version) {
            Trigger command = new Trigger(in.u32());
            in.end();
            return command;
        }
    }

    record Prebuf(int channel) implements StreamCommand {
        @Override
        public Opcode opcode() {
            return Opcode.PREBUF_PLAYBACK_STREAM;
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(channel);
        }

        public static Prebuf decode(TagReader in, int version) {
            Prebuf command = new Prebuf(in.u32());
            in.end();
            return command;
        }
    }

    /**
     * Answered by {@link Answer.Latency}. Sent all the time: {@link HotPackets} does without the record.
     *
     * @param localTime the client's clock, seconds in the upper half, microseconds in the lower
     */
    record GetLatency(Direction direction, int channel, long localTime) implements StreamCommand {
        @Override
        public Opcode opcode() {
            return direction.pick(Opcode.GET_PLAYBACK_LATENCY, Opcode.GET_RECORD_LATENCY);
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(channel).timeval(localTime);
        }

        public static GetLatency decode(Direction direction, TagReader in, int version) {
            GetLatency command = new GetLatency(direction, in.u32(), in.timeval());
            in.end();
            return command;
        }
    }

    /** Answered by {@link Answer.BufferAttrSet}. {@code earlyRequests} from version 14 on. */
    record SetBufferAttr(
            Direction direction, int channel, BufferAttr attr, boolean adjustLatency, boolean earlyRequests)
            implements StreamCommand {
        @Override
        public Opcode opcode() {
            return direction.pick(Opcode.SET_PLAYBACK_STREAM_BUFFER_ATTR, Opcode.SET_RECORD_STREAM_BUFFER_ATTR);
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(channel).bufferAttr(direction, attr).bool(adjustLatency);
            if (version >= 14) {
                out.bool(earlyRequests);
            }
        }

        public static SetBufferAttr decode(Direction direction, TagReader in, int version) {
            SetBufferAttr command = new SetBufferAttr(
                    direction, in.u32(), in.bufferAttr(direction), in.bool(), version >= 14 && in.bool());
            in.end();
            return command;
        }
    }

    record UpdateSampleRate(Direction direction, int channel, int rateHz) implements StreamCommand {
        @Override
        public Opcode opcode() {
            return direction.pick(Opcode.UPDATE_PLAYBACK_STREAM_SAMPLE_RATE, Opcode.UPDATE_RECORD_STREAM_SAMPLE_RATE);
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(channel).u32(rateHz);
        }

        public static UpdateSampleRate decode(Direction direction, TagReader in, int version) {
            UpdateSampleRate command = new UpdateSampleRate(direction, in.u32(), in.u32());
            in.end();
            return command;
        }
    }

    record SetName(
            Direction direction, int channel, @Nullable String name) implements StreamCommand {
        @Override
        public Opcode opcode() {
            return direction.pick(Opcode.SET_PLAYBACK_STREAM_NAME, Opcode.SET_RECORD_STREAM_NAME);
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(channel).string(name);
        }

        public static SetName decode(Direction direction, TagReader in, int version) {
            SetName command = new SetName(direction, in.u32(), in.stringOrNull());
            in.end();
            return command;
        }
    }

    /** @param mode 0 set, 1 merge, 2 replace */
    record UpdateProplist(Direction direction, int channel, int mode, Proplist properties) implements StreamCommand {
        @Override
        public Opcode opcode() {
            return direction.pick(Opcode.UPDATE_PLAYBACK_STREAM_PROPLIST, Opcode.UPDATE_RECORD_STREAM_PROPLIST);
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(channel).u32(mode).proplist(properties);
        }

        public static UpdateProplist decode(Direction direction, TagReader in, int version) {
            UpdateProplist command = new UpdateProplist(direction, in.u32(), in.u32(), in.proplist());
            in.end();
            return command;
        }
    }

    record RemoveProplist(Direction direction, int channel, List<String> keys) implements StreamCommand {
        public RemoveProplist {
            keys = List.copyOf(keys);
        }

        @Override
        public Opcode opcode() {
            return direction.pick(Opcode.REMOVE_PLAYBACK_STREAM_PROPLIST, Opcode.REMOVE_RECORD_STREAM_PROPLIST);
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(channel).strings(keys);
        }

        public static RemoveProplist decode(Direction direction, TagReader in, int version) {
            RemoveProplist command = new RemoveProplist(direction, in.u32(), in.strings());
            in.end();
            return command;
        }
    }
}
