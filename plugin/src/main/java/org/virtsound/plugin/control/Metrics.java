package org.virtsound.plugin.control;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.virtsound.audio.relay.RelayStatus;
import org.virtsound.audio.relay.StreamStatus;
import org.virtsound.plugin.provision.GuestView;

/** The guests' meters in Prometheus' text form, with the labels that libvirt's exporters use. */
final class Metrics {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final StringBuilder text = new StringBuilder();
    private final Map<GuestView, Optional<RelayStatus>> guests;

    private Metrics(Map<GuestView, Optional<RelayStatus>> guests) {
        this.guests = guests;
    }

    static String text(Map<GuestView, Optional<RelayStatus>> guests) {
        Metrics metrics = new Metrics(guests);
        metrics.perGuest("connections", "gauge", "Connections of the guest now.", RelayStatus::connections);
        metrics.perGuest(
                "streams",
                "gauge",
                "Streams of the guest now.",
                status -> status.streams().size());
        metrics.perGuest("played_bytes_total", "counter", "PCM towards the host.", RelayStatus::playedBytes);
        metrics.perGuest(
                "recorded_bytes_total",
                "counter",
                "PCM towards the guest, silence included.",
                RelayStatus::recordedBytes);
        metrics.perGuest(
                "dropped_bytes_total",
                "counter",
                "PCM towards the guest that it did not read in time.",
                RelayStatus::droppedBytes);
        metrics.perGuest("underflows", "gauge", "Underflows of the streams there are now.", Metrics::underflows);
        metrics.perGuest(
                "latency_seconds", "gauge", "The longest latency of a stream there is now.", Metrics::latencySeconds);
        metrics.perGuest("refused_commands_total", "counter", "Commands refused.", RelayStatus::refusedCommands);
        metrics.perGuest(
                "closed_connections_total", "counter", "Connections closed by us.", RelayStatus::closedConnections);
        metrics.perGuest(
                "mic_on_air",
                "gauge",
                "1 while the guest hears the microphone.",
                status -> status.mic().onAir() ? 1 : 0);
        metrics.perGuest(
                "mic_requests_total",
                "counter",
                "Recordings begun without a grant.",
                status -> status.mic().requests());
        Runtime runtime = Runtime.getRuntime();
        metrics.head("virt_sound_guests", "gauge", "Guests served.");
        metrics.text.append("virt_sound_guests ").append(guests.size()).append('\n');
        metrics.head("virt_sound_heap_bytes", "gauge", "Java heap in use.");
        metrics.text
                .append("virt_sound_heap_bytes ")
                .append(runtime.totalMemory() - runtime.freeMemory())
                .append('\n');
        return metrics.text.toString();
    }

    private void perGuest(String name, String type, String help, ToDoubleFunction<RelayStatus> value) {
        String full = "virt_sound_" + name;
        head(full, type, help);
        guests.forEach((guest, status) -> status.ifPresent(relay -> text.append(full)
                .append("{domain=\"")
                .append(escaped(guest.domain().name()))
                .append("\",uuid=\"")
                .append(guest.domain().uuid())
                .append("\"} ")
                .append(number(value.applyAsDouble(relay)))
                .append('\n')));
    }

    private void head(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static double underflows(RelayStatus status) {
        return status.streams().stream().mapToLong(StreamStatus::underflows).sum();
    }

    private static double latencySeconds(RelayStatus status) {
        return Math.max(
                        0,
                        status.streams().stream()
                                .mapToLong(StreamStatus::latencyUs)
                                .max()
                                .orElse(0))
                / 1e6;
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : String.format(Locale.ROOT, "%.6f", value);
    }

    private static String escaped(String label) {
        return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
