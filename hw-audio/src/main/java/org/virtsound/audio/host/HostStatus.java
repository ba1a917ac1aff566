package org.virtsound.audio.host;

import org.jspecify.annotations.Nullable;

/**
 * Where guests' sound goes now.
 *
 * @param configured as in the configuration, or as it was overridden since
 * @param inUse "pulseaudio 16.1 at unix:/run/…" once a guest plays there, else the place that was chosen
 * @param why for people: why that one
 * @param problem what is wrong, null where nothing is
 */
public record HostStatus(
        String configured,
        String inUse,
        String why,
        @Nullable String problem) {}
