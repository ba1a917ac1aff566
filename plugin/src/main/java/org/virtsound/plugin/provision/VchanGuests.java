package org.virtsound.plugin.provision;

import org.jspecify.annotations.Nullable;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.plugin.domain.Domain;

/** Where guests are served without a network, over vchans. For the reconciler's thread. */
public interface VchanGuests {
    /** @return why no guest can be served, with the next step; null where they can */
    @Nullable
    String problem();

    /** The domain's agent, whenever it comes, is {@code relay}'s guest. */
    void admit(Domain domain, GuestRelay relay);

    /** The domain is served no more. */
    void dismiss(Domain domain);
}
