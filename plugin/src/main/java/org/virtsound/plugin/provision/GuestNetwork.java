package org.virtsound.plugin.provision;

import java.util.Collection;
import java.util.Map;
import org.virtsound.net.GuestPort;
import org.virtsound.net.Problem;

/** The SOUND network with its guests' ports, for the reconciler's thread. */
public interface GuestNetwork {
    /**
     * Looks at what is there and makes it what it should be: this network, these ports and no others. Does nothing where all is so.
     *
     * @return the ports that cannot be served, and why; the others are
     * @throws RuntimeException where nothing can be served; the message says what is in the way, and the next step
     */
    Map<GuestPort, Problem> apply(Collection<GuestPort> ports);

    /**
     * Whether the kernel would tell of it if somebody changed what the last {@link #apply} left, so that the next one can wait: all is
     * as it should be, by nftables' rules.
     */
    default boolean tellsOfChanges() {
        return false;
    }
}
