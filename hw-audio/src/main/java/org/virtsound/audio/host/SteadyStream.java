package org.virtsound.audio.host;

import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.Reply;
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

    /** @return to hand to the host: a command that it takes with it when it goes was carried out, since the clock goes on as it says */
    static Reply sure(Reply reply) {
        return error -> reply.done(error == ErrorCode.CONNECTIONTERMINATED ? ErrorCode.OK : error);
    }
}
