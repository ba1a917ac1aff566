package org.virtsound.plugin.host;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.virtsound.net.Namespace;

/** A real client in a guest: pacat plays a tone of 1 kHz without end, and says where its clock is. */
public final class GuestPlayer implements AutoCloseable {
    private static final Pattern TIME = Pattern.compile("Time: ([0-9.]+) sec");
    private static final Pattern LATENCY = Pattern.compile("Latency: ([0-9]+) usec");
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Path log;
    private final Process pacat;

    /** What the client's clock said, and when it said so. */
    public record Clock(double clientS, long atNanos) {
        /** How much faster than real time it went since, as a share: 0 is right. */
        public double drift(Clock since) {
            return (clientS - since.clientS) / ((atNanos - since.atNanos) / 1e9) - 1;
        }
    }

    /** @param bufferMs that the client asks for */
    public GuestPlayer(Namespace guest, Path directory, int bufferMs) throws IOException {
        Path tone = directory.resolve("tone.raw");
        String format = "-q -n -t raw -r 48000 -e signed -b 16 -c 2 " + tone + " synth 400 sine 1000 gain -6";
        List<String> sox = new ArrayList<>(List.of("sox"));
        sox.addAll(List.of(format.split(" ")));
        Processes.run(sox);
        log = directory.resolve("pacat.log");
        List<String> command = new ArrayList<>(guest.prefix());
        command.addAll(List.of("env", "HOME=" + directory, "PULSE_SERVER=tcp:10.47.13.1:4713", "pacat", "-v", "--raw"));
        command.addAll(List.of("--rate=48000", "--format=s16le", "--channels=2", "--latency-msec=" + bufferMs));
        command.add(tone.toString());
        pacat = Processes.start(command, log);
    }

    /** Waits for the clock's next word. */
    public Clock clock() {
        double before = lastTimeS();
        return await().pollInterval(Duration.ofMillis(2))
                .atMost(SOON)
                .until(() -> new Clock(lastTimeS(), System.nanoTime()), clock -> clock.clientS() != before);
    }

    /** @return from writing to hearing, as the client reckons it last */
    public double latencyMs() {
        return last(LATENCY) / 1000;
    }

    private double lastTimeS() {
        return last(TIME);
    }

    private double last(Pattern pattern) {
        double number = -1;
        for (Matcher matcher = pattern.matcher(said()); matcher.find(); ) {
            number = Double.parseDouble(matcher.group(1));
        }
        return number;
    }

    /** All that it has said. */
    public String said() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    public boolean isAlive() {
        return pacat.isAlive();
    }

    /** @param signal a name without SIG, as for kill(1) */
    public void signal(String signal) {
        Processes.run(List.of("kill", "-" + signal, Long.toString(pacat.pid())));
    }

    @Override
    public void close() {
        Processes.end(pacat);
    }
}
