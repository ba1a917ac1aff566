package org.virtsound.audio.stream;

/** What a stream tells its owner, on the audio loop. */
public interface StreamListener {
    /** First of all; never twice. */
    void opened(StreamOpened opened);

    /** It could not be opened, or it ended by itself (killed on the host); nothing comes after. */
    void ended(ErrorCode error);

    /** Answer to {@link Stream#timing}; {@code timing} is reused once this returns. */
    void timing(int tag, int localS, int localUs, Timing timing);

    /** The sizes in force have changed. */
    void bufferAttr(BufferAttr attr, long deviceLatencyUs);

    void suspended(boolean suspended);

    /** It plays on, or records from, another device. */
    void moved(BufferAttr attr, long deviceLatencyUs, boolean suspended);
}
