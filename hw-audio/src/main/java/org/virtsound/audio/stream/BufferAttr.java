package org.virtsound.audio.stream;

/**
 * Buffer sizes of a stream, bytes; {@link #DEFAULT} leaves one to the server.
 *
 * @param maxLength bound of the queue
 * @param tLength playback: the fill that the server keeps asking for
 * @param prebuf playback: the fill at which it starts
 * @param minReq playback: the smallest credit that it sends
 * @param fragSize record: the most that it sends at once
 */
public record BufferAttr(int maxLength, int tLength, int prebuf, int minReq, int fragSize) {
    public static final int DEFAULT = -1;
    /** PulseAudio's bound of one stream's queue. */
    public static final int MAX_LENGTH_MAX = 4 << 20;

    public static BufferAttr playback(int maxLength, int tLength, int prebuf, int minReq) {
        return new BufferAttr(maxLength, tLength, prebuf, minReq, DEFAULT);
    }

    public static BufferAttr record(int maxLength, int fragSize) {
        return new BufferAttr(maxLength, DEFAULT, DEFAULT, DEFAULT, fragSize);
    }
}
