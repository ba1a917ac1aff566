package org.virtsound.audio.stream;

/**
 * One guest's place at something that plays and records: a connection to the host's sound server, a card, a file, a clock. Opening
 * never blocks and never throws: trouble is {@link StreamListener#ended}. No listener is called before the method that it was
 * handed to has returned.
 */
public interface SoundServer {
    PlaybackStream play(StreamRequest request, PlaybackListener listener);

    RecordStream record(StreamRequest request, RecordListener listener);

    /** @return what it is now, for people: "PulseAudio 16.1 at unix:/run/…", "silence" */
    String describe();

    /** Ends all of its streams, silently, and lets go of what it holds. */
    void close();
}
