package org.virtsound.audio.stream;

/**
 * A latency answer, filled in anew for each question so that a question allocates nothing; valid only during the call
 * that hands it over.
 *
 * <p>Source: native-protocol.md, 6.4 (GET_PLAYBACK_LATENCY, GET_RECORD_LATENCY).
 */
public final class Timing {
    /** Playback: sink and render queue. Record: the monitor's share. */
    public long firstLatencyUs;
    /** Playback: 0. Record: the source's share. */
    public long secondLatencyUs;

    public boolean running;
    /** Whether answers go on evenly, as time does; not where a server counts what it read at once as heard. */
    public boolean evenly;
    /** The server's clock when it answered. */
    public int nowS;

    public int nowUs;
    /** Bytes; relative to what the stream received since it was opened. */
    public long writeIndex;
    /** Bytes; never goes back within a stream's life. */
    public long readIndex;
    /** Playback: bytes since it last ran dry, and bytes since it last started (protocol version 13 on). */
    public long underrunFor;

    public long playingFor;

    /** @param wallUs the clock of who answers, microseconds since 1970 */
    public void answeredAt(long wallUs) {
        nowS = (int) (wallUs / 1_000_000);
        nowUs = (int) (wallUs % 1_000_000);
    }
}
