package org.virtsound.audio.guest;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.audio.relay.RelayConnection;
import org.virtsound.audio.vchan.Vchan;
import org.virtsound.audio.vchan.VchanListener;
import org.virtsound.audio.vchan.VchanPeer;
import org.virtsound.audio.vchan.VchanTransport;

/**
 * One domain with Qubes' audio agent: waits until it serves both channels, runs a session over them, and starts over when either
 * ends, until the domain is gone. Owned by the audio loop.
 *
 * <p>Source: qubes-audio.md, 1, 2 and 5.
 */
final class QubesGuest {
    private static final Logger log = Logger.getLogger(QubesGuest.class.getName());

    static final int PLAYBACK_PORT = 4713;
    static final int CAPTURE_PORT = 4714;

    /** The wait before another try; it doubles for a guest whose sessions do not last. */
    private static final int AGAIN_MIN_MS = 20;

    private static final int AGAIN_MAX_MS = 2_000;
    private static final long LASTING_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final EventLoop loop;
    private final VchanTransport transport;
    private final VchanPeer peer;
    private final GuestRelay relay;
    private @Nullable Door playback;
    private @Nullable Door capture;
    private @Nullable QubesSession session;
    private @Nullable Future<?> again;
    private long openedNanos;
    private int againMs = AGAIN_MIN_MS;
    private boolean closed;

    QubesGuest(EventLoop loop, VchanTransport transport, VchanPeer peer, GuestRelay relay) {
        this.loop = loop;
        this.transport = transport;
        this.peer = peer;
        this.relay = relay;
    }

    void open() {
        again = null;
        playback = new Door(PLAYBACK_PORT);
        capture = new Door(CAPTURE_PORT);
    }

    void close() {
        closed = true;
        if (again != null) {
            again.cancel(false);
        }
        if (session != null) {
            session.close();
            session = null;
        }
        closeDoors();
    }

    private void closeDoors() {
        if (playback != null) {
            playback.close();
            playback = null;
        }
        if (capture != null) {
            capture.close();
            capture = null;
        }
    }

    private void startIfBothOpen() {
        Vchan playbackChannel = playback == null ? null : playback.channel;
        Vchan captureChannel = capture == null ? null : capture.channel;
        if (playbackChannel == null || captureChannel == null || session != null) {
            return;
        }
        RelayConnection connection = relay.connect(this::close);
        if (connection == null) {
            startOver();
            return;
        }
        openedNanos = System.nanoTime();
        log.log(Level.FINE, relay.identity().name() + ": its audio agent is connected");
        session = new QubesSession(loop, connection, playbackChannel, captureChannel, () -> {
            log.log(Level.FINE, relay.identity().name() + ": its audio agent has gone");
            session = null;
            startOver();
        });
        session.start();
    }

    private void startOver() {
        closeDoors();
        if (closed) {
            return;
        }
        boolean lasted = openedNanos != 0 && System.nanoTime() - openedNanos >= LASTING_NANOS;
        againMs = lasted ? AGAIN_MIN_MS : Math.min(2 * againMs, AGAIN_MAX_MS);
        again = loop.schedule(this::open, againMs, TimeUnit.MILLISECONDS);
    }

    /** One of the two channels, from being waited for to closed. */
    private final class Door implements VchanListener {
        private final int port;
        private final VchanTransport.Opening opening;
        private @Nullable Vchan channel;
        private boolean shut;

        Door(int port) {
            this.port = port;
            opening = transport.open(peer, port, this);
        }

        void close() {
            shut = true;
            opening.cancel();
            if (channel != null) {
                channel.close();
            }
        }

        @Override
        public void opened(Vchan opened) {
            channel = opened;
            startIfBothOpen();
        }

        @Override
        public void rung() {
            if (shut) {
                return;
            }
            if (session == null) {
                if (channel != null && !channel.isOpen()) {
                    startOver();
                }
            } else if (port == PLAYBACK_PORT) {
                session.playbackRung();
            } else {
                session.captureRung();
            }
        }

        @Override
        public void broken(String detail) {
            if (session != null) {
                session.broken(detail);
            } else if (!shut) {
                startOver();
            }
        }

        @Override
        public void gone() {
            log.log(Level.FINE, relay.identity().name() + ": domain " + peer.domid() + " is no more");
            QubesGuest.this.close();
        }
    }
}
