package org.virtsound.audio;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A witness of the machine's own lateness: how long a thread that wants every other millisecond did not get it. */
public final class Stalls implements AutoCloseable {
    private final Thread thread = new Thread(this::watch, "stalls");
    private volatile boolean stopped;
    private volatile long worstNanos;

    /** What listens for a gap, or makes ready to listen anew. */
    public interface Step {
        void run() throws Exception;
    }

    /**
     * Listens, up to so many times: where the machine held up a thread for longer than what is buffered lasts, what was heard says
     * nothing.
     *
     * @throws AssertionError of the last try, or of one in which the machine did not stand still
     */
    public static void apart(int tries, Step listen, Step afresh) throws Exception {
        for (int i = 1; ; i++) {
            try (Stalls stalls = new Stalls()) {
                try {
                    listen.run();
                    return;
                } catch (AssertionError e) {
                    if (i == tries || stalls.worstMs() < 40) {
                        throw new AssertionError("try " + i + ", worst stall " + stalls.worstMs() + " ms", e);
                    }
                }
            }
            afresh.run();
        }
    }

    private Stalls() {
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

    private long worstMs() {
        return TimeUnit.NANOSECONDS.toMillis(worstNanos);
    }

    @Override
    public void close() {
        stopped = true;
    }
}
