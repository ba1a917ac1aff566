package org.virtsound.net;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The network that should be: one bridge with the host's address on it, one tap that keeps it, and what the firewall
 * lets in.
 *
 * @param bridge name of the bridge, {@code SOUND}
 * @param tap name of the tap, {@code sound}
 * @param subnet the private network and the host's address in it
 * @param port TCP port of the sound server on the host's address
 * @param dhcp whether guests get their address by DHCP, so that udp 68 to 67 is let in
 * @param uplink a real Ethernet device that is a member too, or null
 * @param firewalldZone firewalld's zone to put the bridge in, or null to leave firewalld alone
 */
public record SoundNetwork(
        String bridge,
        String tap,
        Subnet subnet,
        int port,
        boolean dhcp,
        @Nullable String uplink,
        @Nullable String firewalldZone) {
    private static final int NAME_MAX = 15;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");

    /** What holds where the configuration says nothing. */
    public static final SoundNetwork DEFAULT =
            new SoundNetwork("SOUND", "sound", Subnet.parse("10.47.13.0/29"), 4713, false, null, null);

    public SoundNetwork {
        checkDevice("network.bridge", bridge);
        checkDevice("network.tap", tap);
        requireNonNull(subnet, "subnet is null");
        if (uplink != null) {
            checkDevice("network.uplink", uplink);
        }
        if (bridge.equals(tap) || bridge.equals(uplink) || tap.equals(uplink)) {
            throw new IllegalArgumentException("network.bridge, network.tap and network.uplink name one device twice"
                    + " (expected: different devices); give each its own name");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException(
                    "network.port: " + port + " (expected: 1 to 65535); PulseAudio's own is 4713");
        }
        if (firewalldZone != null && !NAME.matcher(firewalldZone).matches()) {
            throw new IllegalArgumentException("network.firewalld-zone: '" + firewalldZone
                    + "' (expected: a zone's name); 'firewall-cmd --get-zones' lists them");
        }
    }

    public SoundNetwork(String bridge, String tap, Subnet subnet, int port) {
        this(bridge, tap, subnet, port, false, null, null);
    }

    public SoundNetwork withDhcp(boolean on) {
        return new SoundNetwork(bridge, tap, subnet, port, on, uplink, firewalldZone);
    }

    /** What to do where somebody else has the port. */
    public String howToFreeThePort() {
        return "find it with 'ss -ltnp sport = :" + port
                + "' (PulseAudio's module-native-protocol-tcp?), or set network.port";
    }

    /** A name that the kernel takes for a device and that reads as one word in every tool. */
    static void checkDevice(String key, String name) {
        requireNonNull(name, key + " is null");
        if (name.length() > NAME_MAX) {
            throw new IllegalArgumentException(key + ": '" + name + "' has " + name.length()
                    + " characters (expected: <= " + NAME_MAX + ", the kernel's limit); choose a shorter name");
        }
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    key + ": '" + name + "' (expected: letters, digits, '_', '.', '-'); choose another name");
        }
    }
}
