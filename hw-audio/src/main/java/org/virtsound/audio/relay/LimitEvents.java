package org.virtsound.audio.relay;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Says which limit a guest hit, once in ten seconds for each: a guest must not fill its owner's log. Owned by the audio loop. */
final class LimitEvents {
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final GuestIdentity guest;
    private final Consumer<RelayEvent> events;
    private final Map<String, Said> said = new HashMap<>();

    private static final class Said {
        long atNanos;
        long since;
    }

    LimitEvents(GuestIdentity guest, Consumer<RelayEvent> events) {
        this.guest = guest;
        this.events = events;
    }

    /** @param limit one of a few fixed keys */
    void hit(String limit, String detail) {
        long now = System.nanoTime();
        Said last = said.get(limit);
        if (last == null) {
            last = new Said();
            said.put(limit, last);
        } else if (now - last.atNanos < QUIET_NANOS) {
            last.since++;
            return;
        }
        String more = last.since == 0 ? detail : detail + " (and " + last.since + " more before it)";
        last.atNanos = now;
        last.since = 0;
        events.accept(new RelayEvent.LimitHit(guest, limit, more));
    }
}
