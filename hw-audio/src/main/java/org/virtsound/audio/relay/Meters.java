package org.virtsound.audio.relay;

import java.util.concurrent.TimeUnit;

/** What has passed through one relay since it opened; owned by the audio loop. */
final class Meters {
    long playedBytes;
    long recordedBytes;
    long droppedBytes;
    long refusedCommands;
    long closedConnections;
    long micRequests;
    long underflows;
    long hostReturns;
    private long onAirNanos;
    private long onAirSinceNanos;
    private int onAirStreams;

    /** A record stream of the guest's went on the air, or off it. */
    void onAir(boolean on) {
        if (on && onAirStreams++ == 0) {
            onAirSinceNanos = System.nanoTime();
        } else if (!on && --onAirStreams == 0) {
            onAirNanos += System.nanoTime() - onAirSinceNanos;
        }
    }

    long onAirMs() {
        long running = onAirStreams > 0 ? System.nanoTime() - onAirSinceNanos : 0;
        return TimeUnit.NANOSECONDS.toMillis(onAirNanos + running);
    }
}
