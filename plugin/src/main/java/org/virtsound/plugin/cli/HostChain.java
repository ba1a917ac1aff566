package org.virtsound.plugin.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.virtsound.net.NetworkReport;
import org.virtsound.net.NetworkReport.Check;
import org.virtsound.net.Problem;
import org.virtsound.plugin.domain.Virsh;

/** The links that all guests share; pure. */
final class HostChain {
    /** PulseAudio mixes no more audible streams at a card, and leaves any other unread, without a word. */
    private static final int MIXED_MAX = 32;

    private static final String NET_UP = "sudo virt-sound net up";

    private HostChain() {}

    /** @param libvirt the daemon's {@code /libvirt} */
    static List<Link> libvirt(Fields libvirt) {
        List<Link> links = new ArrayList<>();
        for (Object one : libvirt.list("connections")) {
            Fields connection = new Fields(one);
            String uris = connection.list("uris").stream().map(String::valueOf).collect(Collectors.joining(", "));
            links.add(
                    connection.has("connectedTo")
                            ? Link.ok(
                                    "libvirt",
                                    "connected to " + connection.text("connectedTo") + ", "
                                            + connection.number("events") + " events since the daemon started")
                            : Link.broken(
                                    "libvirt",
                                    connection.text("problem", "not connected yet"),
                                    "an answer from " + uris,
                                    "systemctl start libvirtd, or set libvirt-uri in virt-sound.conf; to try by hand: "
                                            + Virsh.at(String.valueOf(
                                                    connection.list("uris").get(0))) + " list"));
        }
        return links;
    }

    /** Bridge, tap, rules, and other firewalls; what belongs to one guest's port is for {@link GuestChain}. */
    static List<Link> network(NetworkReport report) {
        List<Link> links = new ArrayList<>();
        if (report.problems().isEmpty()) {
            links.add(checks("network", report, check -> !isRule(check) && !GuestChain.isOfAPort(check)));
        } else {
            links.add(broken("network", report.problems().get(0)));
        }
        links.add(checks("firewall rules", report, check -> isRule(check) && !GuestChain.isOfAPort(check)));
        links.add(
                report.otherFirewalls().isEmpty()
                        ? Link.ok("other firewalls", "none drops the guests")
                        : broken("other firewalls", report.otherFirewalls().get(0)));
        return links;
    }

    static Link broken(String name, Problem problem) {
        return Link.broken(name, problem.object(), problem.expected(), problem.next());
    }

    /** The first check that fails, of those asked for. */
    static Link checks(String name, NetworkReport report, java.util.function.Predicate<Check> which) {
        List<Check> checks = report.checks().stream().filter(which).toList();
        return checks.stream()
                .filter(check -> !check.ok())
                .findFirst()
                .map(check -> Link.broken(
                        name,
                        check.group() + ": " + (check.found().isEmpty() ? "missing" : check.found()),
                        check.expected(),
                        NET_UP))
                .orElseGet(() -> Link.ok(
                        name, checks.stream().map(Check::group).distinct().collect(Collectors.joining(", "))));
    }

    private static boolean isRule(Check check) {
        return check.group().contains("chain ");
    }

    /** @param host the daemon's {@code /host} */
    static Link hostServer(Fields host) {
        String configured = host.text("hostServer");
        String where = host.text("inUse") + (host.has("why") ? ", " + host.text("why") : "");
        // A device that one guest asks for and that is not there is that guest's link.
        boolean isSilent = host.text("inUse").equals("silence") && !configured.equals("silence");
        if (host.has("problem") && !host.text("problem").contains(GuestChain.NO_DEVICE)) {
            return Link.broken(
                    "host server", where + ": " + host.text("problem"), "a sound server that answers", next(host));
        }
        return isSilent
                ? Link.broken("host server", where, "a sound server or a card", next(host))
                : Link.ok("host server", where);
    }

    /** The cards at which more plays than is mixed; mostly none. */
    static List<Link> cards(Fields host) {
        if (!host.text("inUse").startsWith("pulseaudio ")) {
            return List.of();
        }
        Fields playing = host.in("playing");
        return playing.keys().stream()
                .filter(sink -> playing.number(sink) > MIXED_MAX)
                .map(
                        sink -> Link.broken(
                                "card",
                                playing.number(sink) + " streams of guests play at sink '" + sink + "'",
                                "at most " + MIXED_MAX
                                        + ", which is what PulseAudio mixes at one: others that are not silent wait",
                                "virt-sound sink DOMAIN NAME, for some of the guests: one that 'pactl list short sinks' lists on the host"))
                .toList();
    }

    private static String next(Fields host) {
        return Objects.equals(host.text("hostServer"), "auto")
                ? "log in at the seat, or name a server: virt-sound host use unix:PATH, and host-server in virt-sound.conf"
                : "start that server, or name another: virt-sound host use auto, and host-server in virt-sound.conf";
    }
}
