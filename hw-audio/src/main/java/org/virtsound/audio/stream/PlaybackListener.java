package org.virtsound.audio.stream;

/** What a playback stream tells its owner, on the audio loop. */
public interface PlaybackListener extends StreamListener {
    /** {@code bytes} more may be written. */
    void credit(int bytes);

    void started();

    /** It ran dry at {@code readIndex} bytes. */
    void underflow(long readIndex);

    /** More came than the queue holds; the surplus is lost. */
    void overflow();

    /**
     * What its server has measured by itself, about once a second while it plays.
     *
     * @param latencyUs from writing to hearing
     */
    default void measured(long latencyUs) {}
}
