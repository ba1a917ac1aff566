package org.virtsound.audio.stream;

/** Called once, on the audio loop, when a command is done or refused. */
@FunctionalInterface
public interface Reply {
    /** Nobody waits for it. */
    Reply NOBODY = error -> {};

    /** @param error {@link ErrorCode#OK} when it is done */
    void done(ErrorCode error);
}
