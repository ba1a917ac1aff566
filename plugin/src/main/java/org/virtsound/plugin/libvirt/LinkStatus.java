package org.virtsound.plugin.libvirt;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one connection to libvirt stands.
 *
 * @param uris that are tried, in this order; the one that answered alone once it did
 * @param connectedTo null while there is no connection
 * @param problem why there is none, null where there is one or the first try has not ended
 * @param connects how often it was opened since the daemon started
 * @param events of domains that it has sent since the daemon started
 */
public record LinkStatus(
        List<String> uris,
        @Nullable String connectedTo,
        @Nullable String problem,
        long connects,
        long events) {}
