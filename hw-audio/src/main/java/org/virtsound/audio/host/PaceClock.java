package org.virtsound.audio.host;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The one coarse timer of all streams that run on a clock: it fires on a grid of 5 ms, at grid points where somebody waits, and not
 * at all while nobody does. Owned by the audio loop.
 */
final class PaceClock {
    static final long NEVER = Long.MAX_VALUE;
    private static final Logger LOG = Logger.getLogger(PaceClock.class.getName());
    private static final long GRID_NS = TimeUnit.MILLISECONDS.toNanos(5);
    /** Who waits for longer is rung once before. */
    private static final long LONGEST_NS = TimeUnit.DAYS.toNanos(1);

    private static final long WALL_RESYNC_NS = TimeUnit.SECONDS.toNanos(1);

    private final EventLoop loop;
    private final Ticker ticker;
    private final Runnable fire = this::fire;
    private final List<Alarm> alarms = new ArrayList<>();
    private @Nullable Future<?> timer;
    private long timerNs = NEVER;
    private long wallAnchorUs;
    private long wallAnchorNs;
    private long firings;

    PaceClock(EventLoop loop, Ticker ticker) {
        this.loop = loop;
        this.ticker = ticker;
        this.wallAnchorNs = ticker.nanoTime() - 2 * WALL_RESYNC_NS;
    }

    EventLoop loop() {
        return loop;
    }

    long nowNs() {
        return ticker.nanoTime();
    }

    /** @return microseconds since the epoch, without an allocation */
    long wallUs() {
        long now = nowNs();
        if (now - wallAnchorNs > WALL_RESYNC_NS) {
            wallAnchorNs = now;
            wallAnchorUs = System.currentTimeMillis() * 1000;
        }
        return wallAnchorUs + (now - wallAnchorNs) / 1000;
    }

    /** @return how often the timer has fired so far */
    long firings() {
        return firings;
    }

    Alarm alarm(LongConsumer onTick) {
        return new Alarm(onTick);
    }

    /** One stream's place at the clock. */
    final class Alarm {
        private final LongConsumer onTick;
        private long dueNs = NEVER;
        private boolean listed;

        private Alarm(LongConsumer onTick) {
            this.onTick = onTick;
        }

        /** Rings once, at the first grid point at or after {@code ns}; replaces what was set before. {@link #NEVER} is off. */
        void at(long ns) {
            if (ns == NEVER) {
                dueNs = NEVER;
                return;
            }
            dueNs = gridUp(Math.min(ns, nowNs() + LONGEST_NS));
            if (!listed) {
                listed = true;
                alarms.add(this);
            }
            if (dueNs < timerNs) {
                arm(dueNs);
            }
        }

        /** What goes wrong with one stream is not to stop the others' clock. */
        private void ring(long nowNs) {
            dueNs = NEVER;
            try {
                onTick.accept(nowNs);
            } catch (RuntimeException | OutOfMemoryError e) {
                LOG.log(Level.SEVERE, "a stream's clock stands still", e);
            }
        }
    }

    /** @return the grid point at or after {@code ns}, however the clock counts (it may be below 0) */
    private static long gridUp(long ns) {
        return -Math.floorDiv(-ns, GRID_NS) * GRID_NS;
    }

    private void arm(long ns) {
        if (timer != null) {
            timer.cancel(false);
        }
        timerNs = ns;
        timer = loop.schedule(fire, Math.max(0, ns - nowNs()), TimeUnit.NANOSECONDS);
    }

    private void fire() {
        firings++;
        long now = nowNs();
        timer = null;
        // Alarms that are set while these ring shall not arm a timer each.
        timerNs = Long.MIN_VALUE;
        for (int i = 0; i < alarms.size(); i++) {
            Alarm alarm = alarms.get(i);
            if (alarm.dueNs <= now) {
                alarm.ring(now);
            }
        }
        long next = NEVER;
        int kept = 0;
        for (int i = 0; i < alarms.size(); i++) {
            Alarm alarm = alarms.get(i);
            alarm.listed = alarm.dueNs != NEVER;
            if (alarm.listed) {
                next = Math.min(next, alarm.dueNs);
                alarms.set(kept++, alarm);
            }
        }
        alarms.subList(kept, alarms.size()).clear();
        timerNs = NEVER;
        if (next != NEVER) {
            arm(next);
        }
    }
}
