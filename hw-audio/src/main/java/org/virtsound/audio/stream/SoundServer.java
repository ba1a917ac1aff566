package org.virtsound.audio.stream;

/**
 * One guest's place at something that plays and records: a connection to the host's sound server, a card, a file, a clock. Opening
 * never blocks and never throws: trouble is {@link StreamListener#ended}.
 */
public interface SoundServer {
    PlaybackStream play(StreamRequest request, PlaybackListener listener);

    RecordStream record(StreamRequest request, RecordListener listener);

    /** Ends all of its streams, silently, and lets go of what it holds. */
    void close();
}
