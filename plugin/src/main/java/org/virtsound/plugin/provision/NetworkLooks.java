package org.virtsound.plugin.provision;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * When the network is to be looked at again: soon after somebody changed it, where the kernel tells of that; every few seconds where
 * it does not, or where not all is as it should be; and on a slow machine for a tenth of the time at most.
 */
final class NetworkLooks {
    private static final long AFTER_CHANGE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long UNHEARD_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final int SHARE = 10;

    /** What changes are told of. */
    enum Part {
        BRIDGE,
        FIREWALL
    }

    private final Set<Part> unheard = ConcurrentHashMap.newKeySet();
    private volatile boolean changed;
    private boolean quiet;
    private long beganNanos;
    private long tookNanos;
    private long restNanos;

    NetworkLooks() {
        unheard.addAll(Set.of(Part.values()));
    }

    /** Whether every change to this part is told of from now on. For any thread. */
    void heard(Part part, boolean on) {
        if (on) {
            unheard.remove(part);
        } else {
            unheard.add(part);
        }
    }

    /** @return whether every change to this part is told of */
    boolean hears(Part part) {
        return !unheard.contains(part);
    }

    /**
     * Somebody, possibly we, changed something. For any thread.
     *
     * @return whether that is news
     */
    boolean note() {
        boolean news = !changed;
        changed = true;
        return news;
    }

    /** A look begins; what changes from here on is for the next. */
    void begin(long nowNanos) {
        beganNanos = nowNanos;
        changed = false;
        quiet = false; // also where it fails
        restNanos = 0;
    }

    /**
     * It went well.
     *
     * @param tells whether the kernel tells of changes to what it left
     */
    void end(long lookTookNanos, boolean tells) {
        // The quicker of two: one that puts something back takes longer, and what took it may come again.
        restNanos = SHARE * Math.min(tookNanos, lookTookNanos);
        tookNanos = lookTookNanos;
        quiet = tells;
    }

    /** @return how long nothing is due; {@link Long#MAX_VALUE} where nothing is until something changes */
    long dueInNanos(long nowNanos) {
        if (unheard.isEmpty() && quiet && !changed) {
            return Long.MAX_VALUE;
        }
        long after = Math.max(changed ? AFTER_CHANGE_NANOS : UNHEARD_NANOS, restNanos);
        return Math.max(0, beganNanos + after - nowNanos);
    }
}
