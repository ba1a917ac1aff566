package org.virtsound.audio.host;

import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.SoundServer;

/** One way to the card, one file each: makes every guest's place there. Owned by the audio loop. */
interface Backend {
    /** What becomes of a place. */
    interface Listener {
        /** It can be played at; once. */
        void up();

        /**
         * It is over, or never came to be; its streams have been told. Once, and nothing comes after.
         *
         * @param reason for people, without the backend's name
         */
        void down(String reason);

        /** Something is wrong with it, yet its streams go on in silence; null once it is right again. */
        default void trouble(@Nullable String reason) {}
    }

    /** Tries once to get a place; the outcome is told to {@code listener}, never before this returns. */
    SoundServer connect(HostIdentity guest, Listener listener);

    /** @return the configuration's words for it: "unix:/run/…", "silence" */
    String describe();

    /** @return the longest time between two tries; ms */
    default long retryCapMs() {
        return 2000;
    }
}
