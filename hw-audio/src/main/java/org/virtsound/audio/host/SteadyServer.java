package org.virtsound.audio.host;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.PlaybackListener;
import org.virtsound.audio.stream.PlaybackStream;
import org.virtsound.audio.stream.RecordListener;
import org.virtsound.audio.stream.RecordStream;
import org.virtsound.audio.stream.SoundHostListener;
import org.virtsound.audio.stream.SoundServer;
import org.virtsound.audio.stream.StreamRequest;

/**
 * One guest's place at the host that is always there: its streams go on while the host's server is not, and are opened anew when it
 * is back. Tries with back-off for as long as there are streams, and at once when it is nudged. Owned by the audio loop.
 */
final class SteadyServer implements SoundServer {
    private static final long FIRST_RETRY_MS = 50;
    /** How long a stream waits for a server that does not say whether it is there, before it opens on the clock. */
    private static final long PATIENCE_MS = 500;
    /** How long one that is there gets to open a stream, for which a guest waits. */
    static final long OPENS_WITHIN_NS = TimeUnit.SECONDS.toNanos(2);

    /** Who keeps all places: hears of trouble, so that it is logged once and not by every guest and every try. */
    interface Keeper {
        void reached(SteadyServer server);

        void trouble(SteadyServer server, String reason);

        void closed(SteadyServer server);
    }

    private final PaceClock clock;
    private final HostIdentity identity;
    private final SoundHostListener relay;
    private final Keeper keeper;
    private final int silenceAfterS;
    private final Set<SteadyStream> streams = new LinkedHashSet<>();
    private final PaceClock.Alarm retry;
    private final PaceClock.Alarm patience;

    private Backend backend;
    private @Nullable SoundServer place;
    private @Nullable Watch watch;
    private boolean up;
    /** The first try since there are streams has not ended yet: they wait for it before they open. */
    private boolean hopeful = true;

    private long retryMs = FIRST_RETRY_MS;
    private @Nullable String problem;
    private boolean lost;
    private boolean closed;

    /** @param silenceAfterS of digital silence, after which a stream is corked on the host; 0 never */
    SteadyServer(
            PaceClock clock,
            Backend backend,
            HostIdentity identity,
            SoundHostListener relay,
            Keeper keeper,
            int silenceAfterS) {
        this.clock = clock;
        this.backend = backend;
        this.identity = identity;
        this.relay = relay;
        this.keeper = keeper;
        this.silenceAfterS = silenceAfterS;
        this.retry = clock.alarm(now -> tryNow());
        this.patience = clock.alarm(now -> loseHope());
    }

    PaceClock clock() {
        return clock;
    }

    int silenceAfterS() {
        return silenceAfterS;
    }

    @Override
    public PlaybackStream play(StreamRequest request, PlaybackListener listener) {
        SteadyPlayback stream = new SteadyPlayback(this, request, listener);
        begin(stream);
        return stream;
    }

    @Override
    public RecordStream record(StreamRequest request, RecordListener listener) {
        SteadyRecord stream = new SteadyRecord(this, request, listener);
        begin(stream);
        return stream;
    }

    private void begin(SteadyStream stream) {
        streams.add(stream);
        clock.loop().execute(() -> {
            SoundServer at = place;
            if (up && at != null) {
                stream.attach(at);
            } else if (hopeful) {
                patience.at(clock.nowNs() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS));
                tryNow();
            } else {
                stream.goAlone();
                tryNow();
            }
        });
    }

    @Override
    public String describe() {
        SoundServer at = place;
        return up && at != null ? at.describe() : "silence";
    }

    boolean isUp() {
        return up;
    }

    /** @return what is wrong, null where nothing is */
    @Nullable
    String problem() {
        return problem;
    }

    /** Plays at another backend from now on. */
    void use(Backend other) {
        backend = other;
        leave();
        retryMs = FIRST_RETRY_MS;
        tryNow();
    }

    /** Something has happened that may help: the next try is due now. */
    void nudge() {
        retryMs = FIRST_RETRY_MS;
        tryNow();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        for (SteadyStream stream : new ArrayList<>(streams)) {
            stream.close();
        }
        closed = true;
        retry.at(PaceClock.NEVER);
        patience.at(PaceClock.NEVER);
        watch = null;
        if (place != null) {
            place.close();
            place = null;
        }
        keeper.closed(this);
    }

    void closed(SteadyStream stream) {
        streams.remove(stream);
    }

    /** A stream was opened on the host. */
    void attached() {
        retryMs = FIRST_RETRY_MS;
        if (problem != null) {
            problem = null;
            keeper.reached(this);
        }
    }

    /** A stream has lost its counterpart on the host; the server may be there all the same. */
    void detached(SteadyStream stream, ErrorCode error, @Nullable String device) {
        if (!up) {
            return;
        }
        if (error == ErrorCode.KILLED) {
            // By a person, or with its device: not to be undone at once.
            retryMs = backend.retryCapMs();
        }
        if (error != ErrorCode.CONNECTIONTERMINATED) {
            trouble(backend.describe() + ": " + words(error, device));
        }
        later();
    }

    /** The server there takes what it is sent and says nothing. */
    void hung() {
        Watch current = watch;
        if (up && current != null) {
            current.down("the server there does not answer");
        }
    }

    private static String words(ErrorCode error, @Nullable String device) {
        return switch (error) {
            case NOENTITY -> device == null ? "it has no device" : "it has no device '" + device + "'";
            case KILLED -> "a stream was ended there";
            default -> "a stream was refused: " + error;
        };
    }

    private void tryNow() {
        if (closed || streams.isEmpty()) {
            return;
        }
        SoundServer at = place;
        if (up && at != null) {
            new ArrayList<>(streams).forEach(stream -> stream.attach(at));
        } else if (at == null) {
            Watch fresh = new Watch();
            watch = fresh;
            place = backend.connect(identity, fresh);
        }
    }

    private void later() {
        retry.at(clock.nowNs() + TimeUnit.MILLISECONDS.toNanos(retryMs));
        retryMs = Math.min(retryMs * 2, backend.retryCapMs());
    }

    private void loseHope() {
        hopeful = false;
        new ArrayList<>(streams).forEach(SteadyStream::goAlone);
    }

    private void leave() {
        SoundServer leaving = place;
        place = null;
        watch = null;
        up = false;
        new ArrayList<>(streams).forEach(SteadyStream::detach);
        if (leaving != null) {
            leaving.close();
        }
    }

    private void trouble(String reason) {
        if (reason.equals(problem)) {
            return;
        }
        problem = reason;
        keeper.trouble(this, reason);
    }

    /** Follows one try to its end. */
    private final class Watch implements Backend.Listener {
        @Override
        public void up() {
            SoundServer at = place;
            if (watch != this || at == null) {
                return;
            }
            up = true;
            hopeful = true;
            problem = null;
            keeper.reached(SteadyServer.this);
            List<SteadyStream> waiting = new ArrayList<>(streams);
            waiting.forEach(stream -> stream.attach(at));
            if (lost) {
                lost = false;
                relay.back();
            }
        }

        @Override
        public void trouble(@Nullable String reason) {
            if (watch != this) {
                return;
            }
            if (reason == null) {
                problem = null;
                keeper.reached(SteadyServer.this);
            } else {
                SteadyServer.this.trouble(backend.describe() + ": " + reason);
            }
        }

        @Override
        public void down(String reason) {
            if (watch != this) {
                return;
            }
            leave();
            if (streams.isEmpty()) {
                hopeful = true;
                return;
            }
            SteadyServer.this.trouble(backend.describe() + ": " + reason);
            if (!lost) {
                lost = true;
                relay.lost(backend.describe() + ": " + reason);
            }
            loseHope();
            later();
        }
    }
}
