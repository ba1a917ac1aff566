package org.virtsound.net;

/** Paths of the kernel settings that the bridge gets. */
final class Settings {
    private Settings() {}

    /** 1: no IPv6 on the bridge. */
    static String ipv6(String bridge) {
        return "/proc/sys/net/ipv6/conf/" + bridge + "/disable_ipv6";
    }

    /** Whether a device made now has IPv6; there is no such file where the kernel has none. */
    static final String IPV6_DEFAULT = "/proc/sys/net/ipv6/conf/default/disable_ipv6";

    /** 1: the bridge answers ARP for its own address only, not for the host's others. */
    static String arpIgnore(String bridge) {
        return "/proc/sys/net/ipv4/conf/" + bridge + "/arp_ignore";
    }
}
