package org.virtsound.audio.relay;

/**
 * Bounds of one guest; past one, its connection or command fails, and no other guest notices.
 *
 * @param connections at a time
 * @param streams at a time, of all its connections
 * @param controlBytes one control packet
 * @param memblockBytes one block of audio
 * @param queuedBytes what waits for a guest that does not read
 * @param authSeconds from connecting to AUTH
 * @param samplesPerSecond of all its streams: rate times channels, which the host resamples and mixes
 */
public record GuestLimits(
        int connections,
        int streams,
        int controlBytes,
        int memblockBytes,
        int queuedBytes,
        int authSeconds,
        int samplesPerSecond) {
    public static final GuestLimits DEFAULT = new GuestLimits(32, 32, 64 << 10, 64 << 10, 1 << 20, 5, 8_000_000);
}
