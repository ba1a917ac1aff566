package org.virtsound.audio.pulse;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a client wants to know. Source: native-protocol.md, 8. */
public sealed interface Query extends Request {

    /** @return null where the opcode is none of these */
    static @Nullable Query decode(Opcode opcode, TagReader in, int version) {
        if (Plain.OPCODES.contains(opcode)) {
            return Plain.decode(opcode, in, version);
        }
        return switch (opcode) {
            case GET_SINK_INFO -> GetDeviceInfo.decode(Direction.PLAYBACK, in, version);
            case GET_SOURCE_INFO -> GetDeviceInfo.decode(Direction.RECORD, in, version);
            case GET_SINK_INPUT_INFO -> GetStreamInfo.decode(Direction.PLAYBACK, in, version);
            case GET_SOURCE_OUTPUT_INFO -> GetStreamInfo.decode(Direction.RECORD, in, version);
            case GET_CLIENT_INFO -> GetClientInfo.decode(in, version);
            case LOOKUP_SINK -> Lookup.decode(Direction.PLAYBACK, in, version);
            case LOOKUP_SOURCE -> Lookup.decode(Direction.RECORD, in, version);
            case SUBSCRIBE -> Subscribe.decode(in, version);
            default -> null;
        };
    }

    /**
     * A question without words of its own: GET_SERVER_INFO (answered by {@link Answer.ServerInfo}), STAT ({@link Answer.Statistics})
     * and all lists (the answers to the single questions, or {@link Answer.Done} where a list is empty).
     */
    record Plain(Opcode opcode) implements Query {
        static final Set<Opcode> OPCODES = EnumSet.of(
                Opcode.GET_SERVER_INFO,
                Opcode.STAT,
                Opcode.GET_SINK_INFO_LIST,
                Opcode.GET_SOURCE_INFO_LIST,
                Opcode.GET_MODULE_INFO_LIST,
                Opcode.GET_CLIENT_INFO_LIST,
                Opcode.GET_SINK_INPUT_INFO_LIST,
                Opcode.GET_SOURCE_OUTPUT_INFO_LIST,
                Opcode.GET_SAMPLE_INFO_LIST,
                Opcode.GET_CARD_INFO_LIST);

        public Plain {
            if (!OPCODES.contains(opcode)) {
                throw new IllegalArgumentException("opcode: " + opcode + " (expected: one of " + OPCODES + ")");
            }
        }

        @Override
        public void encode(TagWriter out, int version) {}

        public static Plain decode(Opcode opcode, TagReader in, int version) {
            in.end();
            return new Plain(opcode);
        }
    }

    /**
     * Answered by {@link Answer.DeviceInfos}.
     *
     * @param index {@link Command#NONE} for none; index or name
     * @param name a name, a special one ({@code @DEFAULT_SINK@}), or null for the default where there is no index either
     */
    record GetDeviceInfo(
            Direction direction, int index, @Nullable String name) implements Query {
        @Override
        public Opcode opcode() {
            return direction.pick(Opcode.GET_SINK_INFO, Opcode.GET_SOURCE_INFO);
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(index).string(name);
        }

        public static GetDeviceInfo decode(Direction direction, TagReader in, int version) {
            GetDeviceInfo query = new GetDeviceInfo(direction, in.u32(), in.stringOrNull());
            in.end();
            return query;
        }
    }

    /** Answered by {@link Answer.StreamInfos}. */
    record GetStreamInfo(Direction direction, int index) implements Query {
        @Override
        public Opcode opcode() {
            return direction.pick(Opcode.GET_SINK_INPUT_INFO, Opcode.GET_SOURCE_OUTPUT_INFO);
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(index);
        }

        public static GetStreamInfo decode(Direction direction, TagReader in, int version) {
            GetStreamInfo query = new GetStreamInfo(direction, in.u32());
            in.end();
            return query;
        }
    }

    /** Answered by {@link Answer.ClientInfos}. */
    record GetClientInfo(int index) implements Query {
        @Override
        public Opcode opcode() {
            return Opcode.GET_CLIENT_INFO;
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(index);
        }

        public static GetClientInfo decode(TagReader in, int version) {
            GetClientInfo query = new GetClientInfo(in.u32());
            in.end();
            return query;
        }
    }

    /** Answered by {@link Answer.Found}. */
    record Lookup(Direction direction, @Nullable String name) implements Query {
        @Override
        public Opcode opcode() {
            return direction.pick(Opcode.LOOKUP_SINK, Opcode.LOOKUP_SOURCE);
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.string(name);
        }

        public static Lookup decode(Direction direction, TagReader in, int version) {
            Lookup query = new Lookup(direction, in.stringOrNull());
            in.end();
            return query;
        }
    }

    /**
     * Answered by {@link Answer.Done}, and from then on by {@link Event.Subscribed}.
     *
     * @param mask bits of what to hear about
     */
    record Subscribe(int mask) implements Query {
        @Override
        public Opcode opcode() {
            return Opcode.SUBSCRIBE;
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(mask);
        }

        public static Subscribe decode(TagReader in, int version) {
            Subscribe query = new Subscribe(in.u32());
            in.end();
            return query;
        }
    }
}
