package org.virtsound.plugin.control;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.audio.relay.MicStatus;
import org.virtsound.plugin.config.LocalEndpoint;
import org.virtsound.plugin.domain.AudioElement.Setting;
import org.virtsound.plugin.local.LocalEndpoints;
import org.virtsound.plugin.provision.GuestView;
import org.virtsound.plugin.provision.Reconciler;

/** What can be changed about a guest: its settings, whether it takes part, its microphone. */
final class DomainChanges {
    private static final String PERSISTENT = "persistent";
    private static final Logger log = Logger.getLogger(DomainChanges.class.getName());
    private static final long LONGEST_GRANT_S = Duration.ofDays(365).toSeconds();

    private final Reconciler reconciler;
    private final LocalEndpoints locals;

    DomainChanges(Reconciler reconciler, LocalEndpoints locals) {
        this.reconciler = reconciler;
        this.locals = locals;
    }

    /** {@code {"granted": true, "seconds": 1800}}; without seconds until it is revoked. */
    CompletableFuture<Answer> mic(GuestView guest, Request request) {
        Object seconds = request.body().get("seconds");
        if (!(request.body().get("granted") instanceof Boolean granted)) {
            return bad("\"granted\": true or false is expected");
        }
        if (seconds != null
                && !(seconds instanceof Number number
                        && number.doubleValue() == number.longValue()
                        && number.longValue() > 0
                        && number.longValue() <= LONGEST_GRANT_S)) {
            return bad("\"seconds\": " + seconds + " (expected: a whole number, 1 to " + LONGEST_GRANT_S + ")");
        }
        GuestRelay relay = guest.relay();
        if (relay == null) {
            return CompletableFuture.completedFuture(Answer.error(
                    409,
                    "domain " + guest.domain().name() + " has no sound yet: " + String.join("; ", guest.problems())));
        }
        Duration duration = seconds instanceof Number number ? Duration.ofSeconds(number.longValue()) : null;
        String by = request.peer() + " over the control socket";
        CompletableFuture<MicStatus> done = granted ? relay.micGrant(by, duration) : relay.micRevoke(by);
        return done.thenApply(mic -> Answer.json(DomainJson.mic(mic))).exceptionally(Answer::of);
    }

    /** {@code {"playback": {"volume": "80%"}, "persistent": true}}: attributes of the metadata element; null takes one out. */
    CompletableFuture<Answer> settings(String reference, Request request) {
        Map<String, Object> body = request.body();
        Object persistent = body.getOrDefault(PERSISTENT, false);
        if (!(persistent instanceof Boolean isPersistent)) {
            return bad("\"persistent\": " + persistent + " (expected: true or false)");
        }
        List<Setting> settings = new ArrayList<>();
        for (Map.Entry<String, Object> entry : body.entrySet()) {
            if (entry.getKey().equals(PERSISTENT)) {
                continue;
            }
            if (!(entry.getValue() instanceof Map<?, ?> attributes)) {
                return bad("\"" + entry.getKey() + "\": an object of attributes is expected");
            }
            for (Map.Entry<?, ?> attribute : attributes.entrySet()) {
                Object value = attribute.getValue();
                if (value instanceof Map || value instanceof List) {
                    return bad(entry.getKey() + " " + attribute.getKey() + ": " + value
                            + " (expected: a string, or null to take it out)");
                }
                settings.add(new Setting(entry.getKey(), String.valueOf(attribute.getKey()), text(value)));
            }
        }
        if (settings.isEmpty()) {
            return bad("a setting is expected, as in {\"playback\": {\"volume\": \"80%\"}}");
        }
        CompletableFuture<Boolean> set = reference.startsWith(LocalEndpoint.PREFIX)
                ? locals.set(reference.substring(LocalEndpoint.PREFIX.length()), settings, isPersistent)
                : reconciler.set(reference, settings, isPersistent);
        return set.thenApply(done -> {
                    settings.stream()
                            .filter(setting -> setting.where().equals("capture policy"))
                            .forEach(setting -> audit(reference, setting.value(), request));
                    return done(done);
                })
                .exceptionally(Answer::of);
    }

    /**
     * Notes who set what a guest may hear; the grants that follow name no person.
     *
     * @param policy null where it was taken out
     */
    static void audit(String reference, @Nullable String policy, Request request) {
        log.log(
                Level.INFO,
                "audit: domain " + reference + ": microphone policy "
                        + (policy == null ? "taken out" : "set to " + policy) + " by " + request.peer()
                        + " over the control socket");
    }

    /** {@code {"enabled": true}}. */
    CompletableFuture<Answer> enabled(String reference, Map<String, Object> body) {
        if (reference.startsWith(LocalEndpoint.PREFIX)) {
            return bad(reference + " has sound for as long as it is; 'virt-sound local remove' ends it");
        }
        return body.get("enabled") instanceof Boolean enabled
                ? reconciler
                        .enable(reference, enabled)
                        .thenApply(DomainChanges::done)
                        .exceptionally(Answer::of)
                : bad("\"enabled\": true or false is expected");
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : String.valueOf(value);
    }

    private static Answer done(boolean done) {
        return Answer.json(Map.of("done", done));
    }

    private static CompletableFuture<Answer> bad(String message) {
        return CompletableFuture.completedFuture(Answer.error(400, message));
    }
}
