package org.virtsound.audio.pulse;

import java.util.List;

/** Who the client is. Source: native-protocol.md, 3 and 5. */
public sealed interface SessionRequest extends Request {

    /**
     * First of all; answered by {@link Answer.Authorized}.
     *
     * @param version what the client speaks, 0..65535
     * @param flags the upper 16 bits of the word: shared memory; 0 to have none
     */
    record Auth(int version, int flags, Cookie cookie) implements SessionRequest {
        static final int VERSION_MASK = 0xFFFF;

        @Override
        public Opcode opcode() {
            return Opcode.AUTH;
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(this.version | flags).arbitrary(cookie.bytes());
        }

        /** @param version not looked at: this packet decides it */
        public static Auth decode(TagReader in, int version) {
            int word = in.u32();
            Auth auth = new Auth(word & VERSION_MASK, word & ~VERSION_MASK, Cookie.of(in.arbitrary(Cookie.BYTES)));
            in.end();
            return auth;
        }
    }

    /** Answered by {@link Answer.ClientIndex}. */
    record SetClientName(Proplist properties) implements SessionRequest {
        @Override
        public Opcode opcode() {
            return Opcode.SET_CLIENT_NAME;
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.proplist(properties);
        }

        public static SetClientName decode(TagReader in, int version) {
            SetClientName name = new SetClientName(in.proplist());
            in.end();
            return name;
        }
    }

    /** @param mode 0 set, 1 merge, 2 replace */
    record UpdateClientProplist(int mode, Proplist properties) implements SessionRequest {
        @Override
        public Opcode opcode() {
            return Opcode.UPDATE_CLIENT_PROPLIST;
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(mode).proplist(properties);
        }

        public static UpdateClientProplist decode(TagReader in, int version) {
            UpdateClientProplist update = new UpdateClientProplist(in.u32(), in.proplist());
            in.end();
            return update;
        }
    }

    record RemoveClientProplist(List<String> keys) implements SessionRequest {
        public RemoveClientProplist {
            keys = List.copyOf(keys);
        }

        @Override
        public Opcode opcode() {
            return Opcode.REMOVE_CLIENT_PROPLIST;
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.strings(keys);
        }

        public static RemoveClientProplist decode(TagReader in, int version) {
            RemoveClientProplist remove = new RemoveClientProplist(in.strings());
            in.end();
            return remove;
        }
    }
}
