package org.virtsound.audio.guest;

/** What becomes of a guest's command. */
enum CommandRule {
    /** It sets up the session: handled here. */
    SESSION,
    /** It names a channel of this connection: goes on to that stream, after the policy went over it. */
    STREAM,
    /** It names a stream by its index: goes on where that is a stream of this connection, else NOENTITY. */
    OWN_INDEX,
    /** Answered here, from what the guest may see: one sink, one source, its own streams. */
    ANSWER,
    /** Taken note of here, and acknowledged. */
    ACKNOWLEDGE,
    /** ERROR ACCESS. */
    ACCESS,
    /** ERROR NOENTITY: there is no such thing for a guest. */
    NOENTITY,
    /** ERROR NOEXTENSION. */
    NOEXTENSION,
    /** No client may say it: the connection is closed. */
    DROP
}
