package org.virtsound.audio.stream;

import org.jspecify.annotations.Nullable;

/**
 * What playback and record streams have in common. All calls, both ways, are made on the audio loop; after {@link #close()} the
 * listener hears nothing more, and outstanding replies end with {@link ErrorCode#NOENTITY}.
 */
public interface Stream {
    void cork(boolean corked, Reply reply);

    void flush(Reply reply);

    /**
     * Asks for the stream's timing; the answer comes as {@link StreamListener#timing} with the same three words.
     *
     * @param tag the asker's own mark
     * @param localS the asker's clock, echoed untouched
     * @param localUs its microseconds
     */
    void timing(int tag, int localS, int localUs);

    /**
     * @param wanted bytes, {@link BufferAttr#DEFAULT} where the server may choose; the outcome is {@link StreamListener#bufferAttr}
     *     before {@code reply}
     */
    void bufferAttr(BufferAttr wanted, boolean adjustLatency, boolean earlyRequests, Reply reply);

    void sampleRate(int rateHz, Reply reply);

    void name(String name, Reply reply);

    void volume(ChannelVolumes volume, Reply reply);

    void mute(boolean muted, Reply reply);

    /** @param device the host's sink or source to move to, null for its default */
    void device(@Nullable String device, Reply reply);

    void close();
}
