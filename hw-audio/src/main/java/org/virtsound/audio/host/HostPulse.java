package org.virtsound.audio.host;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Sees that the host still answers a stream that it plays or records: asks it every two seconds, all streams in the same instant.
 * Where we come late, the host still has had a second. Owned by the audio loop.
 */
final class HostPulse {
    private static final long PULSE_NS = TimeUnit.SECONDS.toNanos(1);

    private final SteadyServer server;
    private final BooleanSupplier isDue;
    private final Runnable question;
    private final PaceClock.Alarm alarm;
    /** The host owes an answer. */
    private boolean unanswered;

    /**
     * @param isDue whether the host is to answer now; it is not asked on where it is not
     * @param question asks it for something
     */
    HostPulse(SteadyServer server, BooleanSupplier isDue, Runnable question) {
        this.server = server;
        this.isDue = isDue;
        this.question = question;
        this.alarm = server.clock().alarm(this::check);
    }

    /** From now on. */
    void watch() {
        unanswered = false;
        check(server.clock().nowNs());
    }

    void answered() {
        unanswered = false;
    }

    void end() {
        alarm.at(PaceClock.NEVER);
    }

    private void check(long nowNs) {
        if (!isDue.getAsBoolean()) {
            return;
        }
        if (unanswered) {
            server.hung();
        } else {
            unanswered = true;
            alarm.at((nowNs / PULSE_NS + 2) * PULSE_NS);
            question.run();
        }
    }
}
