package org.virtsound.plugin.qubes;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.virtsound.audio.relay.GuestRelay;

/** Turns what a control was told into the relay's permission. For any thread. */
final class MicSwitch {
    private static final Logger log = Logger.getLogger(MicSwitch.class.getName());

    private MicSwitch() {}

    /** @param by the control, for the event */
    static void set(GuestRelay guest, boolean allowed, String by) {
        (allowed ? guest.micGrant(by, null) : guest.micRevoke(by)).exceptionally(e -> {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            log.log(Level.WARNING, "domain " + guest.identity().name() + ": " + by + ": " + cause.getMessage());
            return null;
        });
    }
}
