package org.virtsound.plugin.local;

import org.jspecify.annotations.Nullable;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.plugin.config.LocalEndpoint;

/**
 * A local endpoint as it stands.
 *
 * @param server for a client's {@code default-server}, null where it is not in service
 * @param relay null where it is not in service
 * @param door what listens, null where it is not in service
 * @param problem why it is not in service, null where it is
 */
public record LocalGuest(
        LocalEndpoint endpoint,
        @Nullable String server,
        @Nullable GuestRelay relay,
        @Nullable AutoCloseable door,
        @Nullable String problem) {
    static LocalGuest failed(LocalEndpoint endpoint, String problem) {
        return new LocalGuest(endpoint, null, null, null, problem);
    }

    /** The same door, for the endpoint with other settings. */
    LocalGuest with(LocalEndpoint changed) {
        return new LocalGuest(changed, server, relay, door, problem);
    }
}
