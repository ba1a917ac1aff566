package org.virtsound.audio.host;

import org.virtsound.audio.stream.SoundServer;
import org.virtsound.audio.stream.Stream;

/** A guest's stream that outlives the host's: what {@link SteadyServer} tells it. */
sealed interface SteadyStream extends Stream permits SteadyPlayback, SteadyRecord {
    /** There is a place at the host: a stream is to be opened there. */
    void attach(SoundServer place);

    /** There is none for now; a stream that was not opened yet opens on the clock. */
    void goAlone();

    /** The place is about to be closed on purpose. */
    void detach();

    /** @return whether it is heard, or hears, on the host */
    boolean isLive();
}
