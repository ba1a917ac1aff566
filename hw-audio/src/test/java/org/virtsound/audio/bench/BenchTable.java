package org.virtsound.audio.bench;

import java.util.List;
import java.util.Locale;

/** The results as Markdown, fit for the README. */
final class BenchTable {
    private BenchTable() {}

    static void print(List<Measured> played, List<Bench.Arrival> arrivals, int seconds) {
        System.out.println(
                "| streams | way | p50 µs | p99 µs | added p50 µs | command p50 µs | clock ±µs | CPU s/stream-hour |"
                        + " PulseAudio's | underflows | lost | MiB | bytes/block |");
        System.out.println("|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        for (Measured measured : played) {
            Measured direct = played.stream()
                    .filter(m -> m.streams() == measured.streams())
                    .findFirst()
                    .orElseThrow();
            System.out.printf(
                    Locale.ROOT,
                    "| %d | %s | %.0f | %.0f | %+.0f | %.0f | %.0f | %.2f | %.2f | %d | %d | %s | %s |%n",
                    measured.streams(),
                    measured.name(),
                    measured.roundTrips().percentileUs(50),
                    measured.roundTrips().percentileUs(99),
                    measured.roundTrips().percentileUs(50) - direct.roundTrips().percentileUs(50),
                    measured.commands().percentileUs(50),
                    measured.clockUs() / 2,
                    measured.cpuPerStreamHour(),
                    measured.serverCpuPerStreamHour(),
                    measured.underflows(),
                    measured.lost(),
                    measured.residentKib() == 0 ? "" : "%.0f".formatted(measured.residentKib() / 1024.0),
                    Double.isNaN(measured.allocatedPerBlock()) ? "" : "%.1f".formatted(measured.allocatedPerBlock()));
        }
        System.out.println();
        System.out.println("| way | written to card, p50 ms | p99 ms | capture later by, p50 µs | p99 µs |");
        System.out.println("|---|--:|--:|--:|--:|");
        for (Bench.Arrival arrival : arrivals) {
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.2f | %.2f | %+.0f | %+.0f |%n",
                    arrival.name(),
                    arrival.toCard().percentileUs(50) / 1000,
                    arrival.toCard().percentileUs(99) / 1000,
                    arrival.fromCard().percentileUs(50),
                    arrival.fromCard().percentileUs(99));
        }
        System.out.println();
        System.out.println(
                seconds + " s each, in turns; 48 kHz stereo s16 at 20 ms; PulseAudio with a null sink; loopback;"
                        + " Java " + System.getProperty("java.version") + "; "
                        + Runtime.getRuntime().availableProcessors() + " CPUs");
    }

    static String line(Measured measured) {
        return "%d %s: p50 %.0f us, p99 %.0f us (%d), a command %.0f us, clock within %.0f us, %.1f CPU s/stream-hour, %d underflows, %d lost"
                .formatted(
                        measured.streams(),
                        measured.name(),
                        measured.roundTrips().percentileUs(50),
                        measured.roundTrips().percentileUs(99),
                        measured.roundTrips().count(),
                        measured.commands().percentileUs(50),
                        measured.clockUs(),
                        measured.cpuPerStreamHour(),
                        measured.underflows(),
                        measured.lost());
    }
}
