package org.virtsound.plugin.config;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.relay.GuestIdentity;
import org.virtsound.audio.relay.GuestPolicy;

/**
 * One endpoint for a user or a container of this machine, as somebody asked for it.
 *
 * @param name 1 to 64 of letters, digits, '.', '_' and '-', not starting with one of the latter three
 * @param door how it is reached, and by whom
 * @param policy as a domain's metadata has it
 */
public record LocalEndpoint(String name, Door door, GuestPolicy policy) {
    /** What its name begins with, where it stands beside domains' names. */
    public static final String PREFIX = "local/";

    static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    /** How an endpoint is reached, and by whom. */
    public sealed interface Door {}

    /**
     * A unix socket.
     *
     * @param user who may open it, null where {@code group} or {@code uids} say it
     * @param group whose members may open it, too
     * @param uids FIRST-LAST, as a container's user mapping has them
     */
    public record Socket(
            @Nullable String user,
            @Nullable String group,
            @Nullable UidRange uids) implements Door {
        public Socket {
            if (user == null && group == null && uids == null) {
                throw new IllegalArgumentException("nobody may use it (expected: a user, a group or uids)");
            }
            if (uids != null && (user != null || group != null)) {
                throw new IllegalArgumentException(
                        "uids beside a user or a group (expected: one or the other; uids are a container's)");
            }
        }
    }

    /**
     * TCP on loopback, for old recipes: every user of this machine can use it.
     *
     * @param address HOST:PORT, a loopback address
     * @param allow the clients' addresses
     */
    public record Tcp(String address, List<String> allow) implements Door {
        private static final Pattern LOOPBACK = Pattern.compile("127(\\.[0-9]{1,3}){3}:[0-9]{1,5}");

        private static final Pattern CLIENT = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

        public Tcp {
            allow = List.copyOf(allow);
            if (!LOOPBACK.matcher(address).matches()) {
                throw new IllegalArgumentException(
                        "tcp: " + address + " (expected: a loopback address, 127.0.0.1:PORT)");
            }
            for (String client : allow) {
                if (!CLIENT.matcher(client).matches()) {
                    throw new IllegalArgumentException("allow: " + client + " (expected: addresses, as in 127.0.0.1)");
                }
            }
            if (allow.isEmpty()) {
                throw new IllegalArgumentException("allow: nobody (expected: addresses, as in 127.0.0.1)");
            }
        }
    }

    /** Users by number, both ends among them. */
    public record UidRange(long first, long last) {
        private static final Pattern TEXT = Pattern.compile("([0-9]{1,10})(?:-([0-9]{1,10}))?");
        private static final long MAX = 0xFFFF_FFFEL;

        public UidRange {
            if (first > last || last > MAX) {
                throw new IllegalArgumentException(
                        "uid: " + first + "-" + last + " (expected: FIRST-LAST, <= " + MAX + ")");
            }
        }

        static UidRange parse(String text) {
            var matcher = TEXT.matcher(text);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("uid: " + text + " (expected: FIRST-LAST, as in 100000-165535)");
            }
            long first = Long.parseLong(matcher.group(1));
            return new UidRange(first, matcher.group(2) == null ? first : Long.parseLong(matcher.group(2)));
        }

        /** @param uid unsigned */
        public boolean has(int uid) {
            long number = Integer.toUnsignedLong(uid);
            return first <= number && number <= last;
        }

        @Override
        public String toString() {
            return first + "-" + last;
        }
    }

    public LocalEndpoint {
        checkName(name);
    }

    static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("name: '" + name.substring(0, Math.min(name.length(), 40))
                    + "' (expected: 1 to 64 letters, digits, '.', '_' or '-')");
        }
    }

    /** @return as the relay and the host's mixer know it */
    public GuestIdentity identity() {
        String known = PREFIX + name;
        return new GuestIdentity(UUID.nameUUIDFromBytes(known.getBytes(StandardCharsets.UTF_8)), known, name);
    }
}
