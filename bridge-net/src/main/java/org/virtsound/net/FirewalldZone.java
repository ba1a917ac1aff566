package org.virtsound.net;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The bridge's place among firewalld's zones, where the configuration names one; firewalld is left alone otherwise. */
final class FirewalldZone {
    private static final Pattern ANSWER = Pattern.compile("s \"([^\"]*)\"");

    private FirewalldZone() {}

    /** Asked over D-Bus, as firewall-cmd takes 100 times as long; null where firewalld does not run. */
    static @Nullable String read(Commands commands, String bridge) {
        String name = "org.fedoraproject.FirewallD1";
        try {
            Matcher answer = ANSWER.matcher(commands.run(
                            "busctl",
                            "--system",
                            "--auto-start=no",
                            "call",
                            name,
                            "/org/fedoraproject/FirewallD1",
                            name + ".zone",
                            "getZoneOfInterface",
                            "s",
                            bridge)
                    .strip());
            return answer.matches() ? answer.group(1) : null;
        } catch (CommandFailure notRunning) {
            return null;
        }
    }

    static Optional<Step> up(SoundNetwork network, @Nullable String zone) {
        String wanted = network.firewalldZone();
        return wanted == null || zone == null || zone.equals(wanted)
                ? Optional.empty()
                : Optional.of(new Step(
                        "put the bridge into firewalld's zone " + wanted,
                        Command.of("firewall-cmd", "--zone=" + wanted, "--change-interface=" + network.bridge())));
    }

    static Optional<Step> down(SoundNetwork network, @Nullable String zone) {
        String wanted = network.firewalldZone();
        return wanted == null || !wanted.equals(zone)
                ? Optional.empty()
                : Optional.of(new Step(
                        "take the bridge out of firewalld's zone " + wanted,
                        Command.of("firewall-cmd", "--zone=" + wanted, "--remove-interface=" + network.bridge())));
    }
}
