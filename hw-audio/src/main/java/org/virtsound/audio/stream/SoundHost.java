package org.virtsound.audio.stream;

import java.util.UUID;

/** The host's side as a whole: hands each guest its own place at the card. Called on the audio loop; never blocks, never throws. */
public interface SoundHost {
    /**
     * @param uuid what the host's server remembers the guest's volume by
     * @param title what a mixer shows
     * @param listener hears when the place is lost and back
     */
    SoundServer open(UUID uuid, String title, SoundHostListener listener);

    /** A place that plays to nobody and records silence, at the right pace. */
    SoundServer silence();
}
