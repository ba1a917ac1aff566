package org.virtsound.audio.host;

import static java.util.Objects.requireNonNull;

import io.netty.util.concurrent.Ticker;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.audio.stream.SoundHost;
import org.virtsound.audio.stream.SoundHostListener;
import org.virtsound.audio.stream.SoundServer;

/**
 * The host's card, as the configuration's {@code host-server} names it: hands each guest a place there that is always there. Trouble
 * is logged when it begins and when it ends, once for all guests. Owned by the audio loop.
 */
public final class HostSound implements SoundHost, AutoCloseable {
    private static final Logger LOG = System.getLogger(HostSound.class.getName());
    private static final int SILENCE_AFTER_S = 10;

    private final AudioLoop loop;
    private final PaceClock clock;
    private final ExecutorService lookups = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "host-lookup");
        thread.setDaemon(true);
        return thread;
    });
    private final PathWatch watch;
    private final CookieFinder cookies = new CookieFinder(System.getenv(), Path.of("/etc/passwd"));
    private final Set<SteadyServer> places = new LinkedHashSet<>();
    private final Keeper keeper = new Keeper();
    private final Backend backend;
    private final int silenceAfterS;
    private @Nullable String problem;

    /**
     * @param hostServer "auto", "unix:PATH", "tcp:HOST:PORT", "alsa:PCM", "wav:DIR" or "silence"
     * @throws IllegalArgumentException for anything else, with what was expected
     */
    public HostSound(AudioLoop loop, String hostServer) {
        this(loop, hostServer, SILENCE_AFTER_S);
    }

    /** @param silenceAfterS of digital silence, after which the host's stream is corked; 0 never */
    public HostSound(AudioLoop loop, String hostServer, int silenceAfterS) {
        this.loop = loop;
        this.silenceAfterS = silenceAfterS;
        this.clock = new PaceClock(loop.eventLoop(), Ticker.systemTicker());
        this.watch = new PathWatch(() -> loop.eventLoop().execute(this::nudge));
        this.backend = backend(requireNonNull(hostServer, "hostServer is null"));
    }

    private Backend backend(String hostServer) {
        if (hostServer.equals("silence")) {
            return new ClockBackend(clock);
        }
        if (hostServer.startsWith("unix:") || hostServer.startsWith("tcp:")) {
            return pulse(PulseAddress.parse(hostServer));
        }
        if (hostServer.equals("auto")) {
            return pulse(PulseAddress.unix("/run/pulse/native"));
        }
        throw new IllegalArgumentException("host-server: '" + hostServer
                + "' (expected: auto, unix:PATH, tcp:HOST:PORT, alsa:PCM, wav:DIR or silence)");
    }

    private Backend pulse(PulseAddress address) {
        Path socket = address.path();
        if (socket != null) {
            watch.watch(List.of(requireNonNull(socket.getParent(), "socket has no directory")));
        }
        return new PulseBackend(loop.eventLoop(), lookups, address, () -> cookies.find(socket));
    }

    @Override
    public SoundServer open(UUID uuid, String title, SoundHostListener listener) {
        SteadyServer place =
                new SteadyServer(clock, backend, new HostIdentity(uuid, title), listener, keeper, silenceAfterS);
        places.add(place);
        return place;
    }

    @Override
    public SoundServer silence() {
        return new ClockServer(clock);
    }

    /** Lets go of its threads; places are closed by those who opened them. */
    @Override
    public void close() {
        watch.close();
        lookups.shutdownNow();
    }

    private void nudge() {
        if (problem != null) {
            new ArrayList<>(places).forEach(SteadyServer::nudge);
        }
    }

    private final class Keeper implements SteadyServer.Keeper {
        @Override
        public void reached(SteadyServer server) {
            if (problem != null) {
                problem = null;
                LOG.log(Level.INFO, "host sound is back: {0}", server.describe());
            }
        }

        @Override
        public void trouble(SteadyServer server, String reason) {
            if (!reason.equals(problem)) {
                problem = reason;
                LOG.log(Level.WARNING, "no host sound: {0}; guests go on in silence until it is there", reason);
            }
        }

        @Override
        public void closed(SteadyServer server) {
            places.remove(server);
        }
    }
}
