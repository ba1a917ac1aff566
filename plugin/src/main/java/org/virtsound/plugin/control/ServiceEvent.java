package org.virtsound.plugin.control;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.host.HostStatus;
import org.virtsound.audio.relay.GuestIdentity;
import org.virtsound.audio.relay.RelayEvent;
import org.virtsound.plugin.provision.GuestEvent;

/**
 * Something that happened, as it goes into the log and to those who listen.
 *
 * @param type as in {@code mic-granted}
 * @param level in the log
 * @param text for people
 * @param data for programs
 */
record ServiceEvent(String type, Level level, String text, Map<String, Object> data) {
    private static final Level INFO = Level.INFO;
    private static final Level WARNING = Level.WARNING;
    private static final Level DEBUG = Level.FINE;

    static ServiceEvent of(GuestEvent event) {
        if (event instanceof GuestEvent.Up up) {
            String text = "has sound by " + up.transport() + (up.address().isEmpty() ? "" : " at " + up.address());
            return of("domain-up", INFO, up.guest(), text, "transport", up.transport(), "address", up.address());
        }
        if (event instanceof GuestEvent.Problems problems) {
            return problems.problems().isEmpty()
                    ? of("domain-well", INFO, problems.guest(), "all is well again")
                    : of(
                            "domain-problem",
                            WARNING,
                            problems.guest(),
                            String.join("; ", problems.problems()),
                            "problems",
                            List.copyOf(problems.problems()));
        }
        return of("domain-down", INFO, event.guest(), "its sound is gone");
    }

    static ServiceEvent of(HostStatus host) {
        String text = "guests are heard at " + host.inUse() + " now: " + host.why();
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("time", Instant.now().toString());
        data.put("event", "host-moved");
        data.put("text", text);
        data.putAll(HostResource.json(host));
        return new ServiceEvent("host-moved", INFO, text, data);
    }

    static ServiceEvent of(RelayEvent event) {
        GuestIdentity guest = event.guest();
        if (event instanceof RelayEvent.StreamStarted started) {
            String what = started.playback() ? "plays" : "records";
            return of(
                    "stream-opened",
                    INFO,
                    guest,
                    what + " \"" + started.name() + "\"",
                    "playback",
                    started.playback(),
                    "stream",
                    started.name());
        }
        if (event instanceof RelayEvent.StreamStopped stopped) {
            String what = stopped.playback() ? "ended playing" : "ended recording";
            return of(
                    "stream-closed",
                    INFO,
                    guest,
                    what + " \"" + stopped.name() + "\"",
                    "playback",
                    stopped.playback(),
                    "stream",
                    stopped.name());
        }
        if (event instanceof RelayEvent.LatencyMeasured measured) {
            return of(
                    "latency",
                    DEBUG,
                    guest,
                    "\"" + measured.name() + "\" is heard after " + measured.latencyUs() / 1000 + " ms",
                    "stream",
                    measured.name(),
                    "latencyUs",
                    measured.latencyUs());
        }
        if (event instanceof RelayEvent.MicRequested) {
            return of(
                    "mic-requested",
                    INFO,
                    guest,
                    "asks for the microphone and hears silence; to allow it: virt-sound mic grant " + guest.name());
        }
        if (event instanceof RelayEvent.MicGranted granted) {
            String until = granted.until() == null ? "" : " until " + granted.until();
            return audit(
                    "mic-granted",
                    guest,
                    "microphone granted by " + granted.by() + until,
                    "by",
                    granted.by(),
                    "until",
                    text(granted.until()));
        }
        if (event instanceof RelayEvent.MicRevoked revoked) {
            return audit("mic-revoked", guest, "microphone revoked by " + revoked.by(), "by", revoked.by());
        }
        if (event instanceof RelayEvent.MicExpired) {
            return audit("mic-expired", guest, "microphone revoked by the end of its grant's time");
        }
        if (event instanceof RelayEvent.HostLost lost) {
            return of(
                    "host-lost",
                    WARNING,
                    guest,
                    "host sound lost, plays on silence: " + lost.reason(),
                    "reason",
                    lost.reason());
        }
        if (event instanceof RelayEvent.HostBack) {
            return of("host-back", INFO, guest, "host sound is back");
        }
        RelayEvent.LimitHit hit = (RelayEvent.LimitHit) event;
        return of(
                "limit-hit",
                DEBUG,
                guest,
                "limit " + hit.limit() + ": " + hit.detail(),
                "limit",
                hit.limit(),
                "detail",
                hit.detail());
    }

    /** Of a change of who may hear what: found in the log by its first word, with all that tells who was meant and who did it. */
    private static ServiceEvent audit(String type, GuestIdentity guest, String text, Object... pairs) {
        ServiceEvent event = of(type, INFO, guest, text, pairs);
        return new ServiceEvent(
                type, INFO, "audit: domain " + guest.name() + " (" + guest.uuid() + "): " + text, event.data());
    }

    /** @param pairs of key and value */
    private static ServiceEvent of(String type, Level level, GuestIdentity guest, String text, Object... pairs) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("time", Instant.now().toString());
        data.put("event", type);
        data.put("domain", guest.name());
        data.put("uuid", guest.uuid().toString());
        data.put("text", text);
        for (int i = 0; i + 1 < pairs.length; i += 2) {
            data.put((String) pairs[i], pairs[i + 1]);
        }
        return new ServiceEvent(type, level, "domain " + guest.name() + ": " + text, data);
    }

    private static String text(@Nullable Instant instant) {
        return Objects.toString(instant, "");
    }
}
