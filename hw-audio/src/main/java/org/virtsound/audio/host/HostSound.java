package org.virtsound.audio.host;

import static java.util.Objects.requireNonNull;

import io.netty.util.concurrent.Ticker;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.audio.stream.SoundHost;
import org.virtsound.audio.stream.SoundHostListener;
import org.virtsound.audio.stream.SoundServer;
import org.virtsound.audio.stream.SourceOffers;

/**
 * The host's card, as the configuration's {@code host-server} names it: hands each guest a place there that is always there. With
 * {@code auto} it follows who sits at the machine. Trouble is logged when it begins and when it ends, once for all guests. Owned by
 * the audio loop; the methods that return a future are for any thread.
 */
public final class HostSound implements SoundHost, SourceOffers, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(HostSound.class.getName());
    private static final String AUTO = "auto";
    private static final int SILENCE_AFTER_S = 10;
    private static final int ENDS_WITHIN_MS = 300;
    /** They are put to sleep first. */
    private static final int SOURCES_GONE_WITHIN_MS = 700;

    private final AudioLoop loop;
    private final PaceClock clock;
    private final ExecutorService lookups = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "host-lookup");
        thread.setDaemon(true);
        return thread;
    });
    private final PathWatch watch;
    private final SeatChooser chooser;
    private final Backends backends;
    private final int silenceAfterS;
    private final Consumer<HostStatus> moves;
    private final OfferedSources sources;
    private final Set<SteadyServer> places = new LinkedHashSet<>();
    private final Keeper keeper = new Keeper();

    private String configured;
    private Backend backend;
    private String why;
    private @Nullable String choiceProblem;
    private @Nullable String problem;
    private boolean choosing;
    private boolean chooseAgain;

    /**
     * Reads files; not to be called on the loop.
     *
     * @param hostServer "auto", "unix:PATH", "tcp:HOST:PORT", "alsa:PCM", "wav:DIR" or "silence"
     * @throws IllegalArgumentException for anything else, with what was expected
     */
    public HostSound(AudioLoop loop, String hostServer) {
        this(loop, hostServer, SILENCE_AFTER_S, moved -> {});
    }

    /**
     * @param silenceAfterS of digital silence, after which the host's stream is corked; 0 never
     * @param moves told on the loop, with each place to which guests' sound moves
     */
    public HostSound(AudioLoop loop, String hostServer, int silenceAfterS, Consumer<HostStatus> moves) {
        this(loop, hostServer, silenceAfterS, moves, Path.of("/"), System.getenv());
    }

    /** @param root where the machine's directory tree begins */
    HostSound(
            AudioLoop loop,
            String hostServer,
            int silenceAfterS,
            Consumer<HostStatus> moves,
            Path root,
            Map<String, String> environment) {
        this.loop = loop;
        this.silenceAfterS = silenceAfterS;
        this.moves = requireNonNull(moves, "moves is null");
        this.clock = new PaceClock(loop.eventLoop(), Ticker.systemTicker());
        this.sources = new OfferedSources(clock);
        this.backends = new Backends(
                loop.eventLoop(), clock, lookups, new CookieFinder(environment, root, root.resolve("etc/passwd")));
        this.chooser = new SeatChooser(root);
        this.configured = requireNonNull(hostServer, "hostServer is null");
        this.watch = new PathWatch(() -> loop.eventLoop().execute(this::changed));
        SeatChooser.Choice choice = choice(hostServer, "as configured");
        this.backend = backends.of(choice.hostServer());
        this.why = choice.why();
        watch.watch(choice.watched());
        loop.eventLoop().execute(() -> sources.use(listening()));
        LOG.log(Level.INFO, "host sound: " + backend.describe() + ", " + why);
        tellProblem(choice);
    }

    /** @param reason for any but auto, which has its own */
    private SeatChooser.Choice choice(String hostServer, String reason) {
        if (hostServer.equals(AUTO)) {
            return chooser.choose();
        }
        Path socket = hostServer.startsWith("unix:/") ? Path.of(hostServer.substring("unix:".length())) : null;
        Path directory = socket == null ? null : socket.getParent();
        return new SeatChooser.Choice(hostServer, reason, null, directory == null ? List.of() : List.of(directory));
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

    @Override
    public void offer(UUID uuid, String name, InetSocketAddress server) {
        loop.eventLoop().execute(() -> sources.offer(uuid, name, server));
    }

    @Override
    public void withdraw(UUID uuid) {
        loop.eventLoop().execute(() -> sources.withdraw(uuid));
    }

    private @Nullable PulseBackend listening() {
        return backend instanceof PulseBackend pulse ? pulse : null;
    }

    public CompletableFuture<HostStatus> status() {
        return loop.call(this::snapshot);
    }

    /**
     * Plays somewhere else from now on, until the service ends; "auto" follows the seat again. Guests' streams move over.
     *
     * @param by who says so, for people
     * @return ends with {@link IllegalArgumentException} where {@code hostServer} is none, with what was expected
     */
    public CompletableFuture<HostStatus> use(String hostServer, String by) {
        return CompletableFuture.supplyAsync(() -> choice(hostServer, by + " said so"), lookups)
                .thenCompose(choice -> loop.call(() -> {
                    backends.of(choice.hostServer());
                    configured = hostServer;
                    apply(choice);
                    return snapshot();
                }));
    }

    /** Takes guests' sources off the host, and lets go of its threads, once what is written is on the disk; places are closed by those who opened them, before. */
    @Override
    public void close() {
        watch.close();
        try {
            loop.call(sources::close).thenCompose(gone -> gone).get(SOURCES_GONE_WITHIN_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(Level.WARNING, "the host's server still has guests' sources: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        lookups.shutdown();
        try {
            if (!lookups.awaitTermination(ENDS_WITHIN_MS, TimeUnit.MILLISECONDS)) {
                lookups.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private HostStatus snapshot() {
        String inUse = places.stream()
                .filter(SteadyServer::isUp)
                .map(SteadyServer::describe)
                .findFirst()
                .orElse(backend.describe());
        return new HostStatus(configured, inUse, why, problem == null ? choiceProblem : problem, sources.there());
    }

    /** Something came or went in a directory that matters. */
    private void changed() {
        if (!configured.equals(AUTO)) {
            nudge();
        } else if (choosing) {
            chooseAgain = true;
        } else {
            choosing = true;
            var unused = CompletableFuture.supplyAsync(chooser::choose, lookups)
                    .whenCompleteAsync(this::chosen, loop.eventLoop());
        }
    }

    private void chosen(SeatChooser.@Nullable Choice choice, @Nullable Throwable failure) {
        choosing = false;
        if (choice == null) {
            LOG.log(Level.SEVERE, "host sound: nothing was chosen", failure);
        } else if (configured.equals(AUTO)) {
            apply(choice);
        }
        if (chooseAgain) {
            chooseAgain = false;
            changed();
        }
    }

    private void tellProblem(SeatChooser.Choice choice) {
        if (choice.problem() != null && !choice.problem().equals(choiceProblem)) {
            LOG.log(Level.WARNING, "host sound: " + choice.problem());
        }
        choiceProblem = choice.problem();
    }

    private void apply(SeatChooser.Choice choice) {
        watch.watch(choice.watched());
        tellProblem(choice);
        why = choice.why();
        if (choice.hostServer().equals(backend.describe())) {
            nudge();
            return;
        }
        backend = backends.of(choice.hostServer());
        problem = null;
        new ArrayList<>(places).forEach(place -> place.use(backend));
        sources.use(listening());
        moves.accept(snapshot());
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
                LOG.log(Level.INFO, "host sound is back: " + server.describe());
            }
        }

        @Override
        public void trouble(SteadyServer server, String reason) {
            if (!reason.equals(problem)) {
                problem = reason;
                LOG.log(Level.WARNING, "no host sound: " + reason + "; guests go on in silence until it is there");
            }
        }

        @Override
        public void closed(SteadyServer server) {
            places.remove(server);
        }
    }
}
