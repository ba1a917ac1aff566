package org.virtsound.audio.bench;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.virtsound.audio.PrivatePulse;
import org.virtsound.audio.stream.SampleFormat;
import org.virtsound.audio.stream.SampleSpec;

/**
 * Plays and records at one PulseAudio in the ways that a guest could reach it, in turns in one run, and prints what each costs.
 * Everything is on this machine's loopback.
 */
public final class Bench {
    static final SampleSpec SPEC = new SampleSpec(SampleFormat.S16LE, 2, 48_000);
    private static final int WARM_UP_MS = 5_000;
    private static final int WARM_UP_COMMANDS_MS = 2_000;
    /** Numbers of streams. A JIT compiler's guesses end with the first streams that end, and with the first rest: these come before. */
    private static final int[] WARM_UP_STREAMS = {60, 1, 8, 1, 8, 1};

    /** The ways take turns, so that what else the machine does meanwhile meets all of them. */
    private static final int TURNS = 3;

    private static final int SETTLE_MS = 3_000;
    private static final int PING_GAP_MIN_US = 3_000;
    private static final int PING_GAP_MAX_US = 20_000;

    /** PulseAudio mixes 32 streams at a card and leaves any other unheard, so there are two; each is the one of a guest of the relay. */
    private static final List<String> CARDS = List.of("card", "second");

    private static final int NEAR = 0;
    private static final int FAR = 1;

    private final int windowMs;
    private final PrivatePulse pulse;
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final EventLoop loop = group.next();
    private final Random random = new Random(1);

    private Bench(int windowMs, PrivatePulse pulse) {
        this.windowMs = windowMs;
        this.pulse = pulse;
    }

    /** @param arguments seconds for each measurement; then numbers of streams */
    public static void main(String... arguments) throws Exception {
        int windowMs = Integer.parseInt(arguments[0]) * 1000;
        int[] streams =
                Arrays.stream(arguments).skip(1).mapToInt(Integer::parseInt).toArray();
        List<String> flags =
                List.of(System.getProperty("bench.relayFlags", "").trim().split("\\s+"));
        int port = Candidate.freePort();
        Path directory = Files.createTempDirectory("bench");
        int status = 0;
        String tcp = "module-native-protocol-tcp auth-anonymous=1 listen=127.0.0.1 port=" + port;
        String second = "module-null-sink sink_name=" + CARDS.get(1) + " rate=48000 norewinds=1";
        try (PrivatePulse pulse = PrivatePulse.started(tcp, second);
                Candidate direct = Candidate.direct("direct", port);
                Candidate again = Candidate.direct("direct again", port);
                Candidate relay = Candidate.relay(pulse.openSocket(), CARDS.get(1), flags);
                Candidate haproxy = Candidate.haproxy(pulse.openSocket(), directory);
                Candidate socat = Candidate.socat(pulse.openSocket())) {
            pulse.pactl("set-default-sink", CARDS.get(0));
            List<String> ways = List.of(System.getProperty("bench.ways", "").split(","));
            List<Candidate> candidates = Stream.of(direct, relay, haproxy, socat, again)
                    .filter(candidate -> ways.contains("") || ways.contains(candidate.name))
                    .toList();
            new Bench(windowMs, pulse).run(candidates, streams);
        } catch (Exception e) {
            e.printStackTrace();
            status = 1; // the loop's thread would keep the process
        } finally {
            Files.deleteIfExists(directory.resolve("haproxy.cfg"));
            Files.deleteIfExists(directory);
        }
        System.exit(status);
    }

    private void run(List<Candidate> candidates, int[] streams) throws Exception {
        System.err.println("warming up");
        for (int count : WARM_UP_STREAMS) {
            for (Candidate candidate : candidates) {
                play(candidate, count, WARM_UP_MS, WARM_UP_COMMANDS_MS);
            }
        }
        List<Measured> played = new ArrayList<>();
        for (int count : streams) {
            Map<Candidate, Measured> sums = new LinkedHashMap<>();
            for (int turn = 0; turn < TURNS; turn++) {
                for (Candidate candidate : candidates) {
                    Measured measured = play(candidate, count, SETTLE_MS, windowMs / TURNS);
                    System.err.println(BenchTable.line(measured));
                    sums.merge(candidate, measured, Measured::plus);
                }
            }
            played.addAll(sums.values());
        }
        List<Arrival> arrivals = new ArrayList<>();
        for (Candidate candidate : candidates) {
            arrivals.add(arrival(candidate));
            System.err.println(arrivals.get(arrivals.size() - 1));
        }
        BenchTable.print(played, arrivals, windowMs / 1000);
    }

    private Measured play(Candidate candidate, int count, int settleMs, int measureMs) throws Exception {
        Samples roundTrips = new Samples();
        Samples commands = new Samples();
        List<Player> players = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int card = i % CARDS.size();
            Player player = new Player(roundTrips, null, candidate.isRelay() ? null : CARDS.get(card));
            players.add(player);
            join(player.connect(loop, LoadClient.address(candidate.address), candidate.isRelay() ? card : 0));
        }
        ProcessHandle server = ProcessHandle.of(pulse.pid()).orElseThrow();
        ask(players, settleMs, Player::ping);
        int underflowsBefore = onLoop(() -> sumOfUnderflows(players));
        onLoop(() -> {
            roundTrips.clear();
            players.forEach(player -> player.clock.clear());
            return null;
        });
        long[] allocatedBefore = candidate.allocatedAndPlayed();
        long cpuBefore = candidate.cpuNs();
        long serverBefore = ProcessCost.cpuNs(server);
        long beganNs = System.nanoTime();
        ask(players, measureMs, Player::ping);
        double seconds = (System.nanoTime() - beganNs) / 1e9;
        long cpu = candidate.cpuNs() - cpuBefore;
        long serverCpu = ProcessCost.cpuNs(server) - serverBefore;
        long[] allocatedAfter = candidate.allocatedAndPlayed();
        int underflows = onLoop(() -> sumOfUnderflows(players)) - underflowsBefore;
        int lost = onLoop(
                () -> (int) players.stream().filter(player -> player.lost).count());
        long residentKib = candidate.residentKib();
        double clockUs = onLoop(() -> players.stream()
                .filter(player -> player.clock.count() > 1)
                .mapToDouble(Player::clockUs)
                .max()
                .orElse(Double.NaN));
        onLoop(() -> {
            players.forEach(player -> player.roundTrips = commands);
            return null;
        });
        ask(players, measureMs / 2, Player::command);
        players.forEach(LoadClient::close);
        TimeUnit.MILLISECONDS.sleep(300);
        return new Measured(
                candidate.name,
                count,
                seconds,
                roundTrips,
                commands,
                clockUs,
                underflows,
                lost,
                cpu,
                serverCpu,
                residentKib,
                allocatedAfter[0] - allocatedBefore[0],
                allocatedAfter[1] - allocatedBefore[1]);
    }

    private static int sumOfUnderflows(List<Player> players) {
        return players.stream().mapToInt(player -> player.underflows).sum();
    }

    /** Lets one stream or another ask, at random moments: a fixed period would lock to that of the audio. */
    private void ask(List<Player> players, int forMs, Consumer<Player> question) throws InterruptedException {
        long endNs = System.nanoTime() + forMs * 1_000_000L;
        while (System.nanoTime() < endNs) {
            TimeUnit.MICROSECONDS.sleep(random.nextInt(PING_GAP_MIN_US, PING_GAP_MAX_US));
            Player player = players.get(random.nextInt(players.size()));
            loop.execute(() -> question.accept(player));
        }
    }

    /** How long sound takes to the card, and by how much it is later from the card than beside it. */
    private Arrival arrival(Candidate candidate) throws Exception {
        String beside = "unix:" + pulse.openSocket();
        long[][] out = playGrid(candidate.address, beside);
        long[][] in = playGrid(beside, candidate.address);
        Samples toCard = new Samples();
        Samples fromCard = new Samples();
        for (int step = 0; step < Grid.STEPS; step++) {
            if (out[NEAR][step] != 0) {
                toCard.add(out[NEAR][step]);
            }
            if (in[NEAR][step] != 0 && in[FAR][step] != 0) {
                fromCard.add(in[FAR][step] - in[NEAR][step]);
            }
        }
        return new Arrival(candidate.name, toCard, fromCard);
    }

    /**
     * Plays one way and records both beside the server and another way.
     *
     * @return for each recording and each millisecond how long after it was written it arrived, ns; 0 where it was not measured
     */
    private long[][] playGrid(String from, String to) throws Exception {
        Grid grid = new Grid();
        long[][] arrivedNs = new long[2][Grid.STEPS];
        boolean[] counting = new boolean[1];
        Player player = new Player(new Samples(), grid, null);
        Recorder near = new Recorder(grid, (step, since) -> arrivedNs[NEAR][step] = counting[0] ? since : 0);
        Recorder far = new Recorder(grid, (step, since) -> arrivedNs[FAR][step] = counting[0] ? since : 0);
        join(near.connect(loop, LoadClient.address("unix:" + pulse.openSocket())));
        join(far.connect(loop, LoadClient.address(to)));
        join(player.connect(loop, LoadClient.address(from)));
        TimeUnit.MILLISECONDS.sleep(SETTLE_MS);
        onLoop(() -> counting[0] = true);
        TimeUnit.MILLISECONDS.sleep(windowMs);
        onLoop(() -> counting[0] = false);
        List.of(player, near, far).forEach(LoadClient::close);
        TimeUnit.MILLISECONDS.sleep(300);
        return onLoop(arrivedNs::clone);
    }

    /**
     * @param toCard from writing to the arrival at the card's monitor
     * @param fromCard arrival after that beside the server
     */
    record Arrival(String name, Samples toCard, Samples fromCard) {
        @Override
        public String toString() {
            return "%s: to the card %.2f ms, from it %+.0f us (%d)"
                    .formatted(name, toCard.percentileUs(50) / 1000, fromCard.percentileUs(50), fromCard.count());
        }
    }

    private <T> T onLoop(Callable<T> task) throws ExecutionException, InterruptedException {
        return loop.submit(task).get();
    }

    private static void join(CompletableFuture<Void> open)
            throws ExecutionException, InterruptedException, TimeoutException, IOException {
        open.get(10, TimeUnit.SECONDS);
    }
}
