package org.virtsound.plugin.control;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.relay.GuestPolicy;
import org.virtsound.audio.relay.MicStatus;
import org.virtsound.audio.relay.RelayStatus;
import org.virtsound.audio.relay.StreamStatus;
import org.virtsound.plugin.domain.Domain;
import org.virtsound.plugin.provision.Bystander;
import org.virtsound.plugin.provision.GuestView;

/** A guest as JSON: as a line of the list, and whole. Absent values are null. */
final class DomainJson {
    private DomainJson() {}

    static Map<String, Object> line(GuestView guest, Optional<RelayStatus> status) {
        Map<String, Object> json = new LinkedHashMap<>();
        Domain domain = guest.domain();
        json.put("name", domain.name());
        json.put("uuid", domain.uuid().toString());
        json.put("id", domain.id());
        json.put("title", domain.identity().title());
        json.put("type", domain.type());
        json.put("libvirtUri", guest.hypervisorUri());
        json.put("transport", lower(guest.transport()));
        json.put("address", guest.address());
        json.put("state", state(guest, status));
        json.put("connections", status.map(RelayStatus::connections).orElse(0));
        json.put("streams", status.map(s -> s.streams().size()).orElse(0));
        json.put("playedBytes", status.map(RelayStatus::playedBytes).orElse(0L));
        json.put("recordedBytes", status.map(RelayStatus::recordedBytes).orElse(0L));
        json.put("mic", status.map(s -> mic(s.mic())).orElse(null));
        json.put("problems", problems(guest, status));
        return json;
    }

    /** One that libvirt does not see and that has no sound. */
    static Map<String, Object> bystander(Bystander domain) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", domain.name());
        json.put("uuid", domain.uuid().toString());
        json.put("id", domain.id());
        json.put("nextStep", domain.nextStep());
        return json;
    }

    /** Who may hear the microphone, and who does. */
    static Map<String, Object> micLine(GuestView guest, Optional<RelayStatus> status) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", guest.domain().name());
        json.put("uuid", guest.domain().uuid().toString());
        status.ifPresent(relay -> json.putAll(mic(relay.mic())));
        return json;
    }

    /** @param maxLatencyMs of a guest whose owner set none */
    static Map<String, Object> whole(GuestView guest, Optional<RelayStatus> status, int maxLatencyMs) {
        Map<String, Object> json = line(guest, status);
        Domain.Nic nic = guest.nic();
        json.put("device", nic == null ? null : nic.target());
        json.put("mac", nic == null ? null : nic.mac());
        json.put("bridge", nic == null ? null : nic.bridge());
        json.put(
                "policy",
                policy(status.map(RelayStatus::policy).orElse(guest.settings().policy())));
        Integer ownMaxLatencyMs = guest.settings().policy().maxLatencyMs();
        json.put("maxLatencyMs", ownMaxLatencyMs == null ? maxLatencyMs : ownMaxLatencyMs);
        json.put("host", status.map(RelayStatus::host).orElse(null));
        json.put("hostProblem", status.map(RelayStatus::problem).orElse(null));
        json.put("droppedBytes", status.map(RelayStatus::droppedBytes).orElse(0L));
        json.put("refusedCommands", status.map(RelayStatus::refusedCommands).orElse(0L));
        json.put("closedConnections", status.map(RelayStatus::closedConnections).orElse(0L));
        json.put("streamList", streamList(status));
        return json;
    }

    /** The line, and each stream. */
    static Map<String, Object> streams(GuestView guest, Optional<RelayStatus> status) {
        Map<String, Object> json = line(guest, status);
        json.put("streamList", streamList(status));
        return json;
    }

    private static List<Map<String, Object>> streamList(Optional<RelayStatus> status) {
        return status.map(s -> s.streams().stream().map(DomainJson::stream).toList())
                .orElse(List.of());
    }

    /** One word for people: what they would say is going on. */
    private static String state(GuestView guest, Optional<RelayStatus> status) {
        if (guest.relay() == null) {
            return "waiting";
        }
        if (status.isEmpty()) {
            return "busy";
        }
        List<StreamStatus> streams = status.get().streams();
        if (streams.stream().anyMatch(s -> s.playback() && !s.corked())) {
            return "playing";
        }
        if (streams.stream().anyMatch(s -> !s.playback() && !s.corked())) {
            return "recording";
        }
        return status.get().connections() > 0 ? "connected" : "ready";
    }

    private static List<String> problems(GuestView guest, Optional<RelayStatus> status) {
        List<String> problems = new ArrayList<>(guest.problems());
        status.map(RelayStatus::problem).ifPresent(problems::add);
        return problems;
    }

    static Map<String, Object> mic(MicStatus mic) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("policy", lower(mic.policy()));
        json.put("granted", mic.granted());
        json.put("onAir", mic.onAir());
        json.put("requests", mic.requests());
        json.put("since", text(mic.since()));
        json.put("until", text(mic.until()));
        return json;
    }

    private static Map<String, Object> policy(GuestPolicy policy) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("playback", policy.playback());
        json.put("sink", policy.sink());
        json.put("volumePercent", policy.volumePercent());
        json.put("mute", policy.mute());
        json.put("capture", lower(policy.capture()));
        json.put("source", policy.source());
        json.put("captureVolumePercent", policy.captureVolumePercent());
        json.put("targetLatencyMs", policy.targetLatencyMs());
        json.put("maxLatencyMs", policy.maxLatencyMs());
        return json;
    }

    private static Map<String, Object> stream(StreamStatus stream) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("direction", stream.playback() ? "playback" : "record");
        json.put("name", stream.name());
        json.put("format", lower(stream.spec().format()));
        json.put("channels", stream.spec().channels());
        json.put("rateHz", stream.spec().rateHz());
        json.put("corked", stream.corked());
        json.put("bytes", stream.bytes());
        json.put("underflows", stream.underflows());
        json.put("latencyUs", stream.latencyUs());
        json.put("peakDbfs", Double.isNaN(stream.peakDbfs()) ? null : Math.round(10 * stream.peakDbfs()) / 10.0);
        json.put("live", stream.live());
        return json;
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : Objects.toString(value);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
