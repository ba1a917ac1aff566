package org.virtsound.plugin.provision;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.net.GuestPort;
import org.virtsound.plugin.domain.Domain;
import org.virtsound.plugin.domain.Domain.Nic;
import org.virtsound.plugin.domain.SoundSettings;
import org.virtsound.plugin.domain.Transport;

/**
 * One served guest as the reconciler last left it; a copy for other threads.
 *
 * @param hypervisorUri that it was read from: libvirt's, or the name of a toolstack beside it, or "local"
 * @param transport in use, never {@link Transport#AUTO}
 * @param address where it comes in: an IPv4 address or {@code unix:PATH}; null where it has none, yet
 * @param port that the network has or should have, null where there is none
 * @param relay null where it has none, yet
 * @param problems what is wrong now, each with the next step
 */
public record GuestView(
        Domain domain,
        String hypervisorUri,
        Transport transport,
        @Nullable Nic nic,
        @Nullable String address,
        @Nullable GuestPort port,
        @Nullable GuestRelay relay,
        List<String> problems) {
    public GuestView {
        problems = List.copyOf(problems);
    }

    public SoundSettings settings() {
        return Optional.ofNullable(domain.settings()).orElse(SoundSettings.DEFAULT);
    }
}
