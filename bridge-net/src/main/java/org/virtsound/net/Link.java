package org.virtsound.net;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A network device.
 *
 * @param index of the device; one made anew has another
 * @param kind {@code bridge}, {@code tap}, {@code tun} …; read for the network's own bridge and tap, else empty
 * @param alias the note on it; read for those two, else empty
 * @param master the bridge it is a port of, or empty
 * @param addresses its IPv4 addresses, as {@code 10.47.13.1/29}
 * @param receivedPackets what came in by it, on a port: what the guest sent
 * @param port its settings as a bridge port, or null where it is none
 */
record Link(
        String name,
        long index,
        String kind,
        String alias,
        String master,
        boolean up,
        List<String> addresses,
        long receivedPackets,
        @Nullable Port port) {

    /**
     * A bridge port's settings.
     *
     * @param locked null where this kernel or this iproute2 has no such thing
     */
    record Port(
            boolean isolated,
            boolean learning,
            boolean flood,
            boolean mcastFlood,
            @Nullable Boolean locked) {
        /** Reads one entry of {@code bridge -j -d link}. */
        static Port of(Map<String, Object> json) {
            return new Port(
                    on(json, "isolated"),
                    on(json, "learning"),
                    on(json, "flood"),
                    on(json, "mcast_flood"),
                    Json.flag(json, "locked"));
        }

        private static boolean on(Map<String, Object> json, String key) {
            return Boolean.TRUE.equals(Json.flag(json, key));
        }
    }

    /**
     * Reads one entry of {@code ip -j addr}.
     *
     * @param details the entry of {@code ip -j -d link} for this device, or nothing
     */
    static Link of(Map<String, Object> json, Map<String, Object> details, @Nullable Port port) {
        Map<String, Object> info = Json.object(details, "linkinfo");
        String kind = Json.text(info, "info_kind");
        return new Link(
                Json.text(json, "ifname"),
                Json.number(json, "ifindex"),
                // A tap and a tun are of one kind.
                kind.equals("tun") ? Json.text(Json.object(info, "info_data"), "type") : kind,
                Json.text(details, "ifalias"),
                Json.text(json, "master"),
                json.get("flags") instanceof List<?> flags && flags.contains("UP"),
                Json.objects(json, "addr_info").stream()
                        .filter(address -> Json.text(address, "family").equals("inet"))
                        .map(address -> Json.text(address, "local") + "/" + Json.number(address, "prefixlen"))
                        .toList(),
                Json.number(Json.object(Json.object(json, "stats64"), "rx"), "packets"),
                port);
    }
}
