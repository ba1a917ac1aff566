package org.virtsound.audio;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A witness of the machine's own lateness: how long a thread that wants every other millisecond did not get it. */
public final class Stalls implements AutoCloseable {
    private final Thread thread = new Thread(this::watch, "stalls");
    private volatile boolean stopped;
    private volatile long worstNanos;

    public Stalls() {
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        long last = System.nanoTime();
        while (!stopped) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
            long now = System.nanoTime();
            worstNanos = Math.max(worstNanos, now - last);
            last = now;
        }
    }

    public long worstMs() {
        return TimeUnit.NANOSECONDS.toMillis(worstNanos);
    }

    @Override
    public void close() {
        stopped = true;
    }
}
