package org.virtsound.plugin.provision;

import static java.util.Objects.requireNonNull;

import java.net.Inet4Address;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.virtsound.net.AddressChoice;
import org.virtsound.net.Subnet;

/** Who has which address of the subnet; a guest keeps its own for as long as it holds it. Owned by the reconciler's thread. */
final class Addresses {
    private final Subnet subnet;
    private final Map<UUID, Inet4Address> held = new HashMap<>();

    Addresses(Subnet subnet) {
        this.subnet = requireNonNull(subnet, "subnet is null");
    }

    @Nullable
    Inet4Address of(UUID guest) {
        return held.get(guest);
    }

    /**
     * Gives the guest an address, in place of the one it had; where that is refused, it keeps what it has.
     *
     * @param asked null for any
     */
    AddressChoice take(UUID guest, @Nullable Inet4Address asked) {
        Set<Inet4Address> taken = new HashSet<>(held.values());
        taken.remove(held.get(guest));
        AddressChoice choice = AddressChoice.of(subnet, asked, taken);
        if (choice instanceof AddressChoice.Chosen chosen) {
            held.put(guest, chosen.address());
        }
        return choice;
    }

    void release(UUID guest) {
        held.remove(guest);
    }
}
