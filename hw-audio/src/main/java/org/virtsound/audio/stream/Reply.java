package org.virtsound.audio.stream;

/** Called once, on the audio loop, when a command is done or refused. */
@FunctionalInterface
public interface Reply {
    /** @param error {@link ErrorCode#OK} when it is done */
    void done(ErrorCode error);
}
