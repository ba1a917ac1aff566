package org.virtsound.plugin.qubes;

import io.netty.channel.EventLoop;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.relay.GuestRelay;

/**
 * QubesDB: {@code /audio-input-config/NAME} is obeyed, {@code /audio-input/NAME} and {@code /audio-input-request/NAME} are reported
 * while the guest is served. Owned by the loop.
 *
 * <p>Source: qubes-audio.md, 6 (c).
 */
final class QubesDbMics implements MicControl {
    private static final Logger log = Logger.getLogger(QubesDbMics.class.getName());
    private static final String BY = "qubesdb";
    private static final String CONFIG = "/audio-input-config/";
    private static final String STATE = "/audio-input/";
    private static final String REQUEST = "/audio-input-request/";
    private static final int STOP_WITHIN_MS = 300;

    private final EventLoop loop;
    private final QubesDb db;
    private final Map<UUID, GuestRelay> guests = new HashMap<>();

    /** What the node said last: a connection that comes back finds it again, and that is no new decision. */
    private final Map<UUID, String> obeyed = new HashMap<>();

    QubesDbMics(EventLoop loop, Path socket) {
        this.loop = loop;
        db = new QubesDb(loop, socket);
        loop.execute(db::start);
    }

    @Override
    public void open(GuestRelay guest) {
        loop.execute(() -> {
            String name = guest.identity().name();
            if ((REQUEST + name).length() > QubesDbMessage.PATH_MAX_BYTES
                    || name.chars().anyMatch(c -> c <= ' ' || c > '~')) {
                log.log(
                        Level.WARNING,
                        "domain " + name + ": its name makes no path in QubesDB (at most "
                                + (QubesDbMessage.PATH_MAX_BYTES - REQUEST.length()) + " visible characters)");
                return;
            }
            guests.put(guest.identity().uuid(), guest);
            report(guest, MicState.OFF);
            db.watch(CONFIG + name, (value, written) -> obey(guest, value, written));
        });
    }

    private void obey(GuestRelay guest, String value, boolean written) {
        boolean known = value.equals(obeyed.put(guest.identity().uuid(), value));
        if ((written || !known) && (value.equals("0") || value.equals("1"))) {
            MicSwitch.set(guest, value.equals("1"), BY);
        }
    }

    @Override
    public void changed(GuestRelay guest, MicState state) {
        loop.execute(() -> {
            if (guests.get(guest.identity().uuid()) == guest) {
                report(guest, state);
            }
        });
    }

    private void report(GuestRelay guest, MicState state) {
        String name = guest.identity().name();
        db.keep(STATE + name, state.allowed() ? "1" : "0");
        db.keep(REQUEST + name, state.requested() ? "1" : "0");
    }

    @Override
    public void close(GuestRelay guest) {
        loop.execute(() -> forget(guests.remove(guest.identity().uuid())));
    }

    private void forget(@Nullable GuestRelay guest) {
        if (guest != null) {
            String name = guest.identity().name();
            obeyed.remove(guest.identity().uuid());
            db.unwatch(CONFIG + name);
            db.remove(STATE + name);
            db.remove(REQUEST + name);
        }
    }

    @Override
    public void stop() {
        loop.submit(() -> {
                    Map.copyOf(guests).values().forEach(this::forget);
                    guests.clear();
                    db.stop();
                })
                .awaitUninterruptibly(STOP_WITHIN_MS);
    }
}
