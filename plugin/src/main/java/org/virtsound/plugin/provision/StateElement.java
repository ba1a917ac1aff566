package org.virtsound.plugin.provision;

import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.virtsound.plugin.domain.SoundSettings;

/**
 * Writes what we assigned into the running domain, so that it survives a restart of ours. It is an element of its own: the user's is
 * the user's.
 */
final class StateElement {
    private static final Logger log = Logger.getLogger(StateElement.class.getName());

    /** Writes where the domain says something else; what libvirt refused is tried {@code again} where that is asked for. */
    void write(Guest guest, boolean again) {
        String address = guest.address == null ? null : guest.address.getHostAddress();
        String tried = String.valueOf(address);
        boolean isNews = !tried.equals(guest.stateTried);
        if (same(address, guest.domain.assignedAddress()) || !(isNews || again)) {
            return;
        }
        guest.stateTried = tried;
        String element = address == null ? null : "<state address=\"" + address + "\"/>";
        try {
            guest.hypervisor.setMetadata(
                    guest.uuid, SoundSettings.STATE_NAMESPACE, element, Set.of(Hypervisor.Scope.LIVE));
        } catch (HypervisorException e) {
            log.log(
                    isNews ? Level.WARNING : Level.FINE,
                    "domain " + guest.domain.name() + ": its address is not kept over a restart of the service: "
                            + e.getMessage());
        }
    }

    private static boolean same(@Nullable String a, @Nullable String b) {
        return a == null ? b == null : a.equals(b);
    }
}
