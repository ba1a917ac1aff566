package org.virtsound.audio.pulse;

import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.BufferAttr;

/**
 * What a server tells by itself; its tag is {@link Command#NO_TAG}. Where there is a {@code channel}, it is the connection's
 * number for a stream, {@link Command#NONE} otherwise. Source: native-protocol.md, 6.3, 6.5 and 8.
 */
public sealed interface Event extends Command {

    /** @return null for an event that has no record here: it is for a protocol extension, or offers shared memory */
    static @Nullable Event decode(Opcode opcode, TagReader in, int version) {
        return switch (opcode) {
            case REQUEST -> Credit.decode(in, version);
            case OVERFLOW -> Overflow.decode(in, version);
            case UNDERFLOW -> Underflow.decode(in, version);
            case STARTED -> Started.decode(in, version);
            case PLAYBACK_STREAM_KILLED -> Killed.decode(Direction.PLAYBACK, in, version);
            case RECORD_STREAM_KILLED -> Killed.decode(Direction.RECORD, in, version);
            case PLAYBACK_STREAM_SUSPENDED -> Suspended.decode(Direction.PLAYBACK, in, version);
            case RECORD_STREAM_SUSPENDED -> Suspended.decode(Direction.RECORD, in, version);
            case PLAYBACK_STREAM_MOVED -> Moved.decode(Direction.PLAYBACK, in, version);
            case RECORD_STREAM_MOVED -> Moved.decode(Direction.RECORD, in, version);
            case PLAYBACK_BUFFER_ATTR_CHANGED -> BufferAttrChanged.decode(Direction.PLAYBACK, in, version);
            case RECORD_BUFFER_ATTR_CHANGED -> BufferAttrChanged.decode(Direction.RECORD, in, version);
            case PLAYBACK_STREAM_EVENT -> StreamEvent.decode(Direction.PLAYBACK, in, version);
            case RECORD_STREAM_EVENT -> StreamEvent.decode(Direction.RECORD, in, version);
            case CLIENT_EVENT -> ClientEvent.decode(in, version);
            case SUBSCRIBE_EVENT -> Subscribed.decode(in, version);
            default -> null;
        };
    }

    /** REQUEST: {@code bytes} more may be written. {@link HotPackets} does without the record. */
    record Credit(int channel, int bytes) implements Event {
        @Override
        public Opcode opcode() {
            return Opcode.REQUEST;
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(channel).u32(bytes);
        }

        public static Credit decode(TagReader in, int version) {
            Credit event = new Credit(in.u32(), in.u32());
            in.end();
            return event;
        }
    }

    record Overflow(int channel) implements Event {
        @Override
        public Opcode opcode() {
            return Opcode.OVERFLOW;
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(channel);
        }

        public static Overflow decode(TagReader in, int version) {
            Overflow event = new Overflow(in.u32());
            in.end();
            return event;
        }
    }

    /** @param readIndex where it ran dry, bytes; from version 23 on, -1 before */
    record Underflow(int channel, long readIndex) implements Event {
        @Override
        public Opcode opcode() {
            return Opcode.UNDERFLOW;
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(channel);
            if (version >= 23) {
                out.s64(readIndex);
            }
        }

        public static Underflow decode(TagReader in, int version) {
            Underflow event = new Underflow(in.u32(), version >= 23 ? in.s64() : -1);
            in.end();
            return event;
        }
    }

    record Started(int channel) implements Event {
        @Override
        public Opcode opcode() {
            return Opcode.STARTED;
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(channel);
        }

        public static Started decode(TagReader in, int version) {
            Started event = new Started(in.u32());
            in.end();
            return event;
        }
    }

    /** The stream is gone; tunnels unload or start anew on it. */
    record Killed(Direction direction, int channel) implements Event {
        @Override
        public Opcode opcode() {
            return direction.pick(Opcode.PLAYBACK_STREAM_KILLED, Opcode.RECORD_STREAM_KILLED);
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(channel);
        }

        public static Killed decode(Direction direction, TagReader in, int version) {
            Killed event = new Killed(direction, in.u32());
            in.end();
            return event;
        }
    }

    record Suspended(Direction direction, int channel, boolean suspended) implements Event {
        @Override
        public Opcode opcode() {
            return direction.pick(Opcode.PLAYBACK_STREAM_SUSPENDED, Opcode.RECORD_STREAM_SUSPENDED);
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(channel).bool(suspended);
        }

        public static Suspended decode(Direction direction, TagReader in, int version) {
            Suspended event = new Suspended(direction, in.u32(), in.bool());
            in.end();
            return event;
        }
    }

    record Moved(
            Direction direction,
            int channel,
            int deviceIndex,
            @Nullable String deviceName,
            boolean suspended,
            BufferAttr attr,
            long deviceLatencyUs)
            implements Event {
        @Override
        public Opcode opcode() {
            return direction.pick(Opcode.PLAYBACK_STREAM_MOVED, Opcode.RECORD_STREAM_MOVED);
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(channel).u32(deviceIndex).string(deviceName).bool(suspended);
            out.bufferAttr(direction, attr).usec(deviceLatencyUs);
        }

        public static Moved decode(Direction direction, TagReader in, int version) {
            Moved event = new Moved(
                    direction, in.u32(), in.u32(), in.stringOrNull(), in.bool(), in.bufferAttr(direction), in.usec());
            in.end();
            return event;
        }
    }

    /** Version 15 on. */
    record BufferAttrChanged(Direction direction, int channel, BufferAttr attr, long deviceLatencyUs) implements Event {
        @Override
        public Opcode opcode() {
            return direction.pick(Opcode.PLAYBACK_BUFFER_ATTR_CHANGED, Opcode.RECORD_BUFFER_ATTR_CHANGED);
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(channel).bufferAttr(direction, attr).usec(deviceLatencyUs);
        }

        public static BufferAttrChanged decode(Direction direction, TagReader in, int version) {
            BufferAttrChanged event = new BufferAttrChanged(direction, in.u32(), in.bufferAttr(direction), in.usec());
            in.end();
            return event;
        }
    }

    /** Version 15 on; named {@code request-cork}, {@code request-uncork}, {@code format-lost} or otherwise. */
    record StreamEvent(Direction direction, int channel, String name, Proplist properties) implements Event {
        @Override
        public Opcode opcode() {
            return direction.pick(Opcode.PLAYBACK_STREAM_EVENT, Opcode.RECORD_STREAM_EVENT);
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(channel).string(name).proplist(properties);
        }

        public static StreamEvent decode(Direction direction, TagReader in, int version) {
            StreamEvent event = new StreamEvent(direction, in.u32(), in.string(), in.proplist());
            in.end();
            return event;
        }
    }

    /** Version 15 on. */
    record ClientEvent(String name, Proplist properties) implements Event {
        @Override
        public Opcode opcode() {
            return Opcode.CLIENT_EVENT;
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.string(name).proplist(properties);
        }

        public static ClientEvent decode(TagReader in, int version) {
            ClientEvent event = new ClientEvent(in.string(), in.proplist());
            in.end();
            return event;
        }
    }

    /**
     * SUBSCRIBE_EVENT.
     *
     * @param event what (lower 4 bits) and whether it is new (0), changed (0x10) or gone (0x20)
     * @param index of the object
     */
    record Subscribed(int event, int index) implements Event {
        @Override
        public Opcode opcode() {
            return Opcode.SUBSCRIBE_EVENT;
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(event).u32(index);
        }

        public static Subscribed decode(TagReader in, int version) {
            Subscribed event = new Subscribed(in.u32(), in.u32());
            in.end();
            return event;
        }
    }
}
