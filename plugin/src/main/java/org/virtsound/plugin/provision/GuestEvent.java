package org.virtsound.plugin.provision;

import java.util.List;
import org.virtsound.audio.relay.GuestIdentity;

/** What became of a guest as a whole. */
public sealed interface GuestEvent {
    GuestIdentity guest();

    record Up(GuestIdentity guest, String transport, String address) implements GuestEvent {}

    record Down(GuestIdentity guest) implements GuestEvent {}

    /** @param problems what is wrong from now on; empty: all is well again */
    record Problems(GuestIdentity guest, List<String> problems) implements GuestEvent {}
}
