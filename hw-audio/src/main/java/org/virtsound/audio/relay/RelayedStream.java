package org.virtsound.audio.relay;

/** A guest's stream, as its relay sees it; owned by the audio loop. */
sealed interface RelayedStream permits RelayedPlayback, RelayedRecord {
    StreamStatus status();

    /** Rate times channels. */
    long samplesPerSecond();

    /** The policy or the microphone's permission has changed from {@code before}. */
    void follow(GuestPolicy before, GuestPolicy now);

    void close();
}
