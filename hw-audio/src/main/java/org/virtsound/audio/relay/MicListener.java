package org.virtsound.audio.relay;

import org.virtsound.audio.stream.RecordListener;

/** A guest's record stream, which may lose the microphone at any time. */
public interface MicListener extends RecordListener {
    /** Fragments are the microphone's from now on. */
    default void granted() {}

    /**
     * The microphone is no longer the guest's: no byte of an earlier {@link #fragment} may reach its socket once this returns.
     * Fragments go on, silent ones.
     */
    void recalled();
}
