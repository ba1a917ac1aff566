package org.virtsound.plugin.control;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.virtsound.audio.host.HostSound;
import org.virtsound.audio.host.HostStatus;
import org.virtsound.audio.relay.RelayStatus;
import org.virtsound.plugin.provision.GuestView;

/** {@code /host}: GET says where guests are heard and why, PUT moves them until the service ends. */
final class HostResource {
    private final HostSound sound;

    HostResource(HostSound sound) {
        this.sound = sound;
    }

    CompletableFuture<Answer> read(Map<GuestView, Optional<RelayStatus>> guests) {
        return sound.status().thenApply(host -> {
            Map<String, Object> heardAt = new LinkedHashMap<>();
            Map<String, Long> playing = new LinkedHashMap<>();
            guests.forEach((guest, status) -> status.ifPresent(relay -> {
                heardAt.put(guest.domain().name(), relay.host());
                playing.merge(Objects.requireNonNullElse(relay.policy().sink(), "default"), playing(relay), Long::sum);
            }));
            Map<String, Object> json = json(host);
            json.put("guests", heardAt);
            json.put("playing", playing);
            return Answer.json(json);
        });
    }

    private static long playing(RelayStatus relay) {
        return relay.streams().stream()
                .filter(stream -> stream.playback() && stream.live() && !stream.corked())
                .count();
    }

    /** {@code {"hostServer": "unix:/run/user/1000/pulse/native"}}, as in the configuration. */
    CompletableFuture<Answer> use(Request request) {
        if (!(request.body().get("hostServer") instanceof String hostServer)) {
            return CompletableFuture.completedFuture(Answer.error(400, "\"hostServer\": a string is expected"));
        }
        return sound.use(hostServer, request.peer())
                .thenApply(host -> Answer.json(json(host)))
                .exceptionally(Answer::of);
    }

    static Map<String, Object> json(HostStatus host) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("hostServer", host.configured());
        json.put("inUse", host.inUse());
        json.put("why", host.why());
        json.put("problem", host.problem());
        json.put("sources", host.sources());
        return json;
    }
}
