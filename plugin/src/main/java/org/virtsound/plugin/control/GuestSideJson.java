package org.virtsound.plugin.control;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.virtsound.audio.guest.SocketPlace;
import org.virtsound.net.SoundNetwork;
import org.virtsound.plugin.config.LocalEndpoint;
import org.virtsound.plugin.local.LocalGuest;
import org.virtsound.plugin.provision.GuestSide;

/** What is to be put into a guest, as JSON; values that its transport does not have are not there. */
final class GuestSideJson {
    /** Where a container mounts its socket's directory: not in /run, over which its systemd mounts another. */
    private static final String TARGET = "/var/lib/virt-sound";

    private GuestSideJson() {}

    static Map<String, Object> of(GuestSide side, SoundNetwork network) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", side.domain().name());
        json.put("libvirtUri", side.hypervisorUri());
        json.put("transport", side.transport().name().toLowerCase(Locale.ROOT));
        switch (side.transport()) {
            case SOCKET -> {
                json.put("server", "unix:" + TARGET + "/" + SocketPlace.NAME);
                json.put("source", String.valueOf(side.mounted()));
                json.put("target", TARGET);
                // A mapped root may not write there anyway, and may not mount it so either.
                json.put("readonly", side.domain().users() == null);
            }
            case NETWORK, AUTO -> {
                String host = network.subnet().host().getHostAddress();
                json.put("server", "tcp:" + host + ":" + network.port());
                json.put("host", host);
                json.put("mac", side.mac());
                json.put("address", side.address());
                json.put("prefix", network.subnet().prefix());
                json.put("dhcp", network.dhcp());
            }
            case VCHAN -> json.put("agent", "Qubes' audio agent");
        }
        json.values().removeIf(value -> value == null);
        return json;
    }

    /** An endpoint for a container, or for users, who share this machine's files. */
    static Map<String, Object> of(LocalGuest local) {
        boolean ofContainer = local.endpoint().door() instanceof LocalEndpoint.Socket socket && socket.uids() != null;
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", local.endpoint().identity().name());
        json.put("for", ofContainer ? "container" : "user");
        json.put("server", local.server());
        return json;
    }
}
