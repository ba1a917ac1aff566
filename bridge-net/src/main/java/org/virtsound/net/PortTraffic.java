package org.virtsound.net;

import java.util.List;
import java.util.Map;

/**
 * What a guest sent into its port, in packets since the port or its rules were made.
 *
 * @param received everything that came out of the guest's card
 * @param letIn what came from its own MAC and IP address, and went on to the rules for guests
 * @param wrongAddress what came from its own MAC address under another's IP address, and was dropped
 * @param wrongMac what came under another's MAC address, and was dropped; -1 where nothing counts it
 * @param wrongArp what claimed another's IP address by ARP, and was dropped; -1 where nothing counts it
 */
public record PortTraffic(GuestPort port, long received, long letIn, long wrongAddress, long wrongMac, long wrongArp) {

    static PortTraffic of(GuestPort port, NetworkState state) {
        String mac = "--mac-source " + port.mac();
        long letIn = 0;
        long wrong = 0;
        for (Filter.Rule rule : state.filter().chains().getOrDefault(Firewall.PORTS, List.of())) {
            if (rule.text().contains(mac)) {
                boolean drops = rule.text().endsWith("-j DROP");
                letIn += drops ? 0 : rule.packets();
                wrong += drops ? rule.packets() : 0;
            }
        }
        long received = state.link(port.device()).map(Link::receivedPackets).orElse(0L);
        PortGuard guard = state.guard();
        return new PortTraffic(
                port,
                received,
                letIn,
                wrong,
                guard == null ? -1 : guard.dropped(port.device(), PortGuard.MAC),
                guard == null ? -1 : guard.dropped(port.device(), PortGuard.ARP));
    }

    Map<String, Object> toMap() {
        return Map.of(
                "wrongMac",
                wrongMac,
                "wrongArp",
                wrongArp,
                "device",
                port.device(),
                "mac",
                port.mac().text(),
                "address",
                port.address().getHostAddress(),
                "received",
                received,
                "letIn",
                letIn,
                "wrongAddress",
                wrongAddress);
    }
}
