package org.virtsound.audio.stream;

import java.net.InetSocketAddress;
import java.util.UUID;

/** The other way round: guests' own sources, for the host's applications to listen to. For any thread. */
public interface SourceOffers {
    /**
     * From now on the default source of the guest's sound server is a source on the host, named after the guest, whenever both are
     * there. Told again, it moves there.
     */
    void offer(UUID uuid, String name, InetSocketAddress server);

    /** And from now on not any more. */
    void withdraw(UUID uuid);
}
