package org.virtsound.net;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a port of the bridge is set to, in the words of {@code ip link set … type bridge_slave}. */
final class PortSettings {
    private PortSettings() {}

    /** What makes any port mute. */
    static Command lock(String device, boolean canLock) {
        List<String> argv = new ArrayList<>(List.of("ip", "link", "set", "dev", device, "type", "bridge_slave"));
        argv.addAll(missing(null, canLock));
        return new Command(argv, "");
    }

    /** The words that lead from what a port has (null: it has yet to become one) to what it should have. */
    static List<String> missing(Link.@Nullable Port port, NetworkState state) {
        return missing(port, state.canLock());
    }

    private static List<String> missing(Link.@Nullable Port port, boolean canLock) {
        List<String> words = new ArrayList<>();
        if (port == null || !port.isolated()) {
            words.addAll(List.of("isolated", "on"));
        }
        if (port == null || port.learning()) {
            // What it has learnt would let that card through the lock.
            words.addAll(List.of("learning", "off", "fdb_flush"));
        }
        if (port == null ? canLock : Boolean.FALSE.equals(port.locked())) {
            words.addAll(List.of("locked", "on"));
        }
        if (port == null || port.flood()) {
            words.addAll(List.of("flood", "off"));
        }
        if (port == null || port.mcastFlood()) {
            words.addAll(List.of("mcast_flood", "off"));
        }
        return words;
    }
}
