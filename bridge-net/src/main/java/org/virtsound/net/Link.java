package org.virtsound.net;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A network device as {@code ip -j -d addr} shows it.
 *
 * @param index of the device; one made anew has another
 * @param kind {@code bridge}, {@code tap}, {@code tun}, {@code veth} …; empty for a real card
 * @param alias the note on it, or empty
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
        boolean hasIpv6,
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
            @Nullable Boolean locked) {}

    static Link of(Map<String, Object> json) {
        Map<String, Object> info = Json.object(json, "linkinfo");
        String kind = Json.text(info, "info_kind");
        if (kind.equals("tun")) {
            kind = Json.text(Json.object(info, "info_data"), "type");
        }
        List<Map<String, Object>> addresses = Json.objects(json, "addr_info");
        return new Link(
                Json.text(json, "ifname"),
                Json.number(json, "ifindex"),
                kind,
                Json.text(json, "ifalias"),
                Json.text(json, "master"),
                json.get("flags") instanceof List<?> flags && flags.contains("UP"),
                addresses.stream()
                        .filter(address -> Json.text(address, "family").equals("inet"))
                        .map(address -> Json.text(address, "local") + "/" + Json.number(address, "prefixlen"))
                        .collect(Collectors.toList()),
                addresses.stream()
                        .anyMatch(address -> Json.text(address, "family").equals("inet6")),
                Json.number(Json.object(Json.object(json, "stats64"), "rx"), "packets"),
                Json.text(info, "info_slave_kind").equals("bridge")
                        ? port(Json.object(info, "info_slave_data"))
                        : null);
    }

    private static Port port(Map<String, Object> data) {
        return new Port(
                on(data, "isolated"),
                on(data, "learning"),
                on(data, "flood"),
                on(data, "mcast_flood"),
                Json.flag(data, "locked"));
    }

    private static boolean on(Map<String, Object> data, String key) {
        return Boolean.TRUE.equals(Json.flag(data, key));
    }
}
