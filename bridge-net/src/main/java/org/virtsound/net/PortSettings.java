package org.virtsound.net;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a port of the bridge is set to, in the words of {@code ip link set … type bridge_slave}. */
final class PortSettings {
    private PortSettings() {}

    /** The words that lead from what a port has (null: it has yet to become one) to what it should have. */
    static List<String> missing(Link.@Nullable Port port, NetworkState state) {
        List<String> words = new ArrayList<>();
        if (port == null || !port.isolated()) {
            words.addAll(List.of("isolated", "on"));
        }
        if (port == null || port.learning()) {
            words.addAll(List.of("learning", "off"));
        }
        if (port == null ? state.canLock() : Boolean.FALSE.equals(port.locked())) {
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
