package org.virtsound.plugin.config;

import com.typesafe.config.Config;
import java.net.Inet4Address;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.UUID;
import org.virtsound.audio.relay.CapturePolicy;
import org.virtsound.net.MacAddress;
import org.virtsound.net.Subnet;

/**
 * A machine of its own behind {@code network.uplink}, which is served as a guest is.
 *
 * @param name as a local endpoint's
 * @param mac of its Ethernet card
 * @param address that it has on SOUND, and nobody else
 * @param mic the microphone's rule
 */
public record OutsideMachine(String name, MacAddress mac, Inet4Address address, CapturePolicy mic) {
    static final Set<String> KEYS = Set.of("mac", "address", "mic");

    public OutsideMachine {
        LocalEndpoint.checkName(name);
    }

    /**
     * Reads one machine's section.
     *
     * @throws IllegalArgumentException with the key, its value and what was expected
     */
    static OutsideMachine parse(String name, Config section, Subnet subnet) {
        LocalFiles.refuseUnknown(section, KEYS);
        Inet4Address address = Subnet.parseAddress(required(section, "address", "its address, as in \"10.47.13.6\""));
        if (!subnet.isForGuest(address)) {
            throw new IllegalArgumentException("address: " + address.getHostAddress() + " (expected: one of " + subnet
                    + ", but not " + subnet.host().getHostAddress() + ", the host's)");
        }
        return new OutsideMachine(
                name,
                new MacAddress(required(section, "mac", "its card's MAC address, as in \"52:54:00:12:34:56\"")),
                address,
                LocalFiles.policy(section).capture());
    }

    private static String required(Config section, String key, String expected) {
        String text = LocalFiles.text(section, key);
        if (text == null) {
            throw new IllegalArgumentException("no " + key + " (expected: " + expected + ")");
        }
        return text;
    }

    /** Its name as a guest. */
    public String known() {
        return "machine/" + name;
    }

    public UUID uuid() {
        return UUID.nameUUIDFromBytes(known().getBytes(StandardCharsets.UTF_8));
    }
}
