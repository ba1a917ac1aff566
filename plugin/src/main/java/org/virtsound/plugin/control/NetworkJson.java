package org.virtsound.plugin.control;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.virtsound.net.GuestPort;
import org.virtsound.net.SoundNetwork;
import org.virtsound.plugin.provision.GuestView;

/** The network that the daemon keeps, and its guests' ports, as JSON. */
final class NetworkJson {
    private NetworkJson() {}

    static Map<String, Object> of(SoundNetwork network, List<GuestView> guests) {
        return Map.of(
                "bridge", network.bridge(),
                "tap", network.tap(),
                "subnet", network.subnet().toString(),
                "host", network.subnet().host().getHostAddress(),
                "port", network.port(),
                "ports",
                        guests.stream()
                                .filter(guest -> guest.port() != null)
                                .map(NetworkJson::port)
                                .toList());
    }

    private static Map<String, Object> port(GuestView guest) {
        GuestPort port = Objects.requireNonNull(guest.port());
        return Map.of(
                "domain", guest.domain().name(),
                "device", port.device(),
                "mac", port.mac().text(),
                "address", port.address().getHostAddress());
    }
}
