package org.virtsound.plugin.control;

import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.virtsound.audio.relay.RelayStatus;
import org.virtsound.audio.relay.StreamStatus;
import org.virtsound.net.PortTraffic;
import org.virtsound.plugin.libvirt.LinkStatus;
import org.virtsound.plugin.provision.GuestView;

/** The guests' meters in Prometheus' text form, with the labels that libvirt's exporters use. */
final class Metrics {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final Path STATM = Path.of("/proc/self/statm");
    private static final int PAGE_BYTES = 4096;

    private final StringBuilder text = new StringBuilder();
    private final Map<GuestView, Optional<RelayStatus>> guests;

    private Metrics(Map<GuestView, Optional<RelayStatus>> guests) {
        this.guests = guests;
    }

    /**
     * @param links to libvirt
     * @param traffic of the guests' ports, as it was counted last
     */
    static String text(
            Map<GuestView, Optional<RelayStatus>> guests, List<LinkStatus> links, List<PortTraffic> traffic) {
        Metrics metrics = new Metrics(guests);
        metrics.sound();
        metrics.microphone();
        metrics.ports(traffic);
        metrics.service(links);
        return metrics.text.toString();
    }

    private void sound() {
        perGuest("connections", "gauge", "Connections of the guest now.", RelayStatus::connections);
        perGuest(
                "streams",
                "gauge",
                "Streams of the guest now.",
                status -> status.streams().size());
        perGuest("played_bytes_total", "counter", "PCM towards the host.", RelayStatus::playedBytes);
        perGuest(
                "recorded_bytes_total",
                "counter",
                "PCM towards the guest, silence included.",
                RelayStatus::recordedBytes);
        perGuest(
                "dropped_bytes_total",
                "counter",
                "PCM towards the guest that it did not read in time.",
                RelayStatus::droppedBytes);
        perGuest("underflows_total", "counter", "Underflows of playback streams.", RelayStatus::underflows);
        perGuest("latency_seconds", "gauge", "The longest latency of a stream there is now.", Metrics::latencySeconds);
        perGuest(
                "host_reconnects_total",
                "counter",
                "How often the host's sound was lost and is back.",
                RelayStatus::hostReturns);
        perGuest("refused_commands_total", "counter", "Commands refused.", RelayStatus::refusedCommands);
        perGuest("closed_connections_total", "counter", "Connections closed by us.", RelayStatus::closedConnections);
    }

    private void microphone() {
        perGuest(
                "mic_granted",
                "gauge",
                "1 while the guest may hear the microphone.",
                status -> status.mic().granted() ? 1 : 0);
        perGuest(
                "mic_on_air",
                "gauge",
                "1 while the guest hears the microphone.",
                status -> status.mic().onAir() ? 1 : 0);
        perGuest(
                "mic_on_air_seconds_total",
                "counter",
                "How long the guest heard the microphone.",
                status -> status.mic().onAirMs() / 1000.0);
        perGuest(
                "mic_requests_total",
                "counter",
                "Recordings begun without a grant.",
                status -> status.mic().requests());
    }

    /** Counted since the port or its rules were made. */
    private void ports(List<PortTraffic> traffic) {
        head("virt_sound_dropped_packets_total", "counter", "Packets dropped at the guest's port, by what was wrong.");
        for (PortTraffic port : traffic) {
            guests.keySet().stream()
                    .filter(guest -> port.port().equals(guest.port()))
                    .findFirst()
                    .ifPresent(guest -> {
                        dropped(guest, "address", port.wrongAddress());
                        dropped(guest, "mac", port.wrongMac());
                        dropped(guest, "arp", port.wrongArp());
                    });
        }
    }

    /** @param packets -1 where nothing counts them */
    private void dropped(GuestView guest, String wrong, long packets) {
        if (packets >= 0) {
            text.append("virt_sound_dropped_packets_total{")
                    .append(labels(guest))
                    .append(",wrong=\"")
                    .append(wrong)
                    .append("\"} ")
                    .append(packets)
                    .append('\n');
        }
    }

    private void service(List<LinkStatus> links) {
        head("virt_sound_libvirt_connected", "gauge", "1 while there is a connection to libvirt.");
        links.forEach(link -> perLink("virt_sound_libvirt_connected", link, link.connectedTo() == null ? 0 : 1));
        head("virt_sound_libvirt_reconnects_total", "counter", "How often the connection was lost and is back.");
        links.forEach(link -> perLink("virt_sound_libvirt_reconnects_total", link, Math.max(0, link.connects() - 1)));
        Runtime runtime = Runtime.getRuntime();
        single("virt_sound_guests", "Guests served.", guests.size());
        single("virt_sound_heap_bytes", "Java heap in use.", runtime.totalMemory() - runtime.freeMemory());
        single("virt_sound_heap_max_bytes", "The bound of the Java heap.", runtime.maxMemory());
        single(
                "virt_sound_direct_bytes",
                "Buffers outside of the Java heap.",
                PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory());
        single("process_resident_memory_bytes", "Memory of the process.", residentBytes());
    }

    private void perLink(String name, LinkStatus link, long value) {
        text.append(name)
                .append("{uri=\"")
                .append(escaped(link.connectedTo() == null ? String.join(" ", link.uris()) : link.connectedTo()))
                .append("\"} ")
                .append(value)
                .append('\n');
    }

    private void single(String name, String help, long value) {
        head(name, "gauge", help);
        text.append(name).append(' ').append(value).append('\n');
    }

    private static long residentBytes() {
        try {
            return Long.parseLong(Files.readString(STATM).split(" ", -1)[1]) * PAGE_BYTES;
        } catch (IOException e) {
            return 0;
        }
    }

    private void perGuest(String name, String type, String help, ToDoubleFunction<RelayStatus> value) {
        String full = "virt_sound_" + name;
        head(full, type, help);
        guests.forEach((guest, status) -> status.ifPresent(relay -> text.append(full)
                .append('{')
                .append(labels(guest))
                .append("} ")
                .append(number(value.applyAsDouble(relay)))
                .append('\n')));
    }

    private void head(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static String labels(GuestView guest) {
        return "domain=\"" + escaped(guest.domain().name()) + "\",uuid=\""
                + guest.domain().uuid() + "\"";
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
