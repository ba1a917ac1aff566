package org.virtsound.net;

import java.net.Inet4Address;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which address a guest gets: the one asked for, else the lowest free one, else none, with the reason. */
public sealed interface AddressChoice {
    /** This one. */
    record Chosen(Inet4Address address) implements AddressChoice {}

    /** None; it may be asked again once another guest is gone or the metadata changed. */
    record Refused(Problem problem) implements AddressChoice {}

    /**
     * Chooses; pure.
     *
     * @param asked the address in the domain's metadata, or the one it had before, or null
     * @param taken the other guests' addresses
     */
    static AddressChoice of(Subnet subnet, @Nullable Inet4Address asked, Set<Inet4Address> taken) {
        if (asked != null) {
            String text = asked.getHostAddress();
            if (!subnet.isForGuest(asked)) {
                return new Refused(new Problem(
                        "address " + text + " is not for a guest",
                        "one of " + subnet + ", but not " + subnet.host().getHostAddress() + ", the host's",
                        "change or remove the address in the domain's metadata"));
            }
            return taken.contains(asked)
                    ? new Refused(new Problem(
                            "address " + text + " is another guest's",
                            "a free address of " + subnet,
                            "change or remove the address in the domain's metadata"))
                    : new Chosen(asked);
        }
        for (int n = 1; n < subnet.size() - 1; n++) {
            Inet4Address candidate = subnet.numbered(n);
            if (subnet.isForGuest(candidate) && !taken.contains(candidate)) {
                return new Chosen(candidate);
            }
        }
        return new Refused(new Problem(
                "subnet " + subnet + " is full: it has room for " + subnet.guests() + " guests",
                "a free address",
                "stop a guest, or set network.subnet to a larger one, such as \"10.47.12.0/24\""));
    }
}
