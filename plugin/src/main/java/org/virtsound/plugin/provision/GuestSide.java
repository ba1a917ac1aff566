package org.virtsound.plugin.provision;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.virtsound.plugin.domain.Domain;
import org.virtsound.plugin.domain.Transport;

/**
 * What a domain's own side is to be told, whether it runs or not.
 *
 * @param hypervisorUri that it was read from
 * @param transport in use, never {@link Transport#AUTO}
 * @param mac of its NIC on the bridge, or of the one that it would get; null where its transport is another
 * @param address that it has, or that it had or wants; null where none is known yet
 * @param mounted the directory on the host that its {@code <filesystem>} mounts; null where its transport is another
 */
public record GuestSide(
        Domain domain,
        String hypervisorUri,
        Transport transport,
        @Nullable String mac,
        @Nullable String address,
        @Nullable Path mounted) {}
