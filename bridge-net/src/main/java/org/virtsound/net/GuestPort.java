package org.virtsound.net;

import static java.util.Objects.requireNonNull;

import java.net.Inet4Address;

/**
 * One guest's place on the bridge: the host's end of its card and the only addresses it may speak with.
 *
 * @param device the bridge port, from the domain's live XML ({@code vnet3}); several machines may share an uplink
 * @param mac the guest's Ethernet address
 * @param address the guest's IPv4 address
 */
public record GuestPort(String device, MacAddress mac, Inet4Address address) {
    public GuestPort {
        SoundNetwork.checkDevice("port", device);
        requireNonNull(mac, "mac is null");
        requireNonNull(address, "address is null");
    }
}
