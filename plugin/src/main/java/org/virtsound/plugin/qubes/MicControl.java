package org.virtsound.plugin.qubes;

import org.virtsound.audio.relay.GuestRelay;

/**
 * One way in which Qubes' tools allow and forbid a guest its microphone; all of them lead to the relay's one permission. For any
 * thread; no call waits.
 */
interface MicControl {
    /** The guest's control is there from now on. */
    void open(GuestRelay guest);

    void changed(GuestRelay guest, MicState state);

    /** Nothing of the guest's control stays. */
    void close(GuestRelay guest);

    /** The service ends: as {@link #close} for all, waiting for it for a short time. */
    void stop();
}
