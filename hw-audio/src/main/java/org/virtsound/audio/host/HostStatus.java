package org.virtsound.audio.host;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where guests' sound goes now.
 *
 * @param configured as in the configuration, or as it was overridden since
 * @param inUse "pulseaudio 16.1 at unix:/run/…" once a guest plays there, else the place that was chosen
 * @param why for people: why that one
 * @param problem what is wrong, null where nothing is
 * @param sources of guests, that the host's applications can listen to now: their names there
 */
public record HostStatus(
        String configured,
        String inUse,
        String why,
        @Nullable String problem,
        List<String> sources) {
    public HostStatus {
        sources = List.copyOf(sources);
    }
}
