package org.virtsound.audio.relay;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/**
 * What a guest can bring about as often as it likes, told once in ten seconds for each kind: it must not fill its owner's log. Owned by
 * the audio loop.
 */
final class ThrottledEvents {
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final String MICROPHONE = "microphone";

    private final GuestIdentity guest;
    private final Consumer<RelayEvent> events;
    private final Map<String, Said> said = new HashMap<>();

    private static final class Said {
        long atNanos;
        long since;
    }

    ThrottledEvents(GuestIdentity guest, Consumer<RelayEvent> events) {
        this.guest = guest;
        this.events = events;
    }

    /** @param limit one of a few fixed keys */
    void limitHit(String limit, String detail) {
        tell(limit, since -> {
            String more = since == 0 ? detail : detail + " (and " + since + " more before it)";
            return new RelayEvent.LimitHit(guest, limit, more);
        });
    }

    void micRequested() {
        tell(MICROPHONE, since -> new RelayEvent.MicRequested(guest));
    }

    /** @param event made of how many were kept quiet since the last of the kind */
    private void tell(String kind, LongFunction<RelayEvent> event) {
        long now = System.nanoTime();
        Said last = said.get(kind);
        if (last == null) {
            last = new Said();
            said.put(kind, last);
        } else if (now - last.atNanos < QUIET_NANOS) {
            last.since++;
            return;
        }
        RelayEvent told = event.apply(last.since);
        last.atNanos = now;
        last.since = 0;
        events.accept(told);
    }
}
