package org.virtsound.plugin.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.virtsound.net.NetworkReport;
import org.virtsound.net.NetworkReport.Check;
import org.virtsound.net.PortTraffic;
import org.virtsound.net.Problem;
import org.virtsound.plugin.domain.Virsh;

/** The links of one guest, from its domain to its streams at the host; pure. */
final class GuestChain {
    /** How the host's side says that a sink or a source is not there. */
    static final String NO_DEVICE = "it has no device";

    private static final String METADATA = "metadata: ";

    private final String name;
    private final Fields guest;
    private final boolean isLocal;
    private final Fields network;
    private final @Nullable NetworkReport report;
    private final List<Link> links = new ArrayList<>();

    /**
     * @param guest the daemon's {@code /domains/NAME}
     * @param network the daemon's {@code /network}
     * @param report null where this user may not look at the network
     */
    GuestChain(Fields guest, Fields network, @Nullable NetworkReport report) {
        this.name = guest.text("name");
        this.guest = guest;
        this.isLocal = guest.text("type").equals("local");
        this.network = network;
        this.report = report;
    }

    /** What is an affair of one port, not of the network. */
    static boolean isOfAPort(Check check) {
        return check.group().startsWith("port ") || check.expected().contains("--mac-source ");
    }

    /**
     * From libvirt's word to the daemon's.
     *
     * @param known libvirt's word, {@code /libvirt/NAME}
     * @param served the daemon's, {@code /domains/NAME}, null where it serves no such domain
     */
    static List<Link> domain(Fields known, @Nullable Fields served, String bridge) {
        String name = known.text("name");
        List<Link> links = new ArrayList<>();
        links.add(
                known.is("running")
                        ? Link.ok("domain", "runs, id " + known.text("id") + " at " + known.text("libvirtUri"))
                        : Link.broken(
                                "domain",
                                "does not run",
                                "a domain that runs",
                                Virsh.at(known.text("libvirtUri")) + " start " + name));
        links.add(
                known.is("takesPart")
                        ? Link.ok("takes part", "by its metadata or a NIC on " + bridge)
                        : Link.broken(
                                "takes part",
                                "no sound element in its metadata and no NIC on " + bridge,
                                "one of the two",
                                "virt-sound enable " + name));
        boolean isWhole = links.stream().allMatch(link -> link.state() == Link.State.OK);
        if (isWhole && (served == null || served.number("id") != known.number("id"))) {
            links.add(Link.broken(
                    "event",
                    served == null
                            ? "the daemon does not know that it runs"
                            : "the daemon serves an earlier run of it, id " + served.text("id"),
                    "libvirt's event of its start",
                    "sudo systemctl reload virtsoundd"));
        } else if (isWhole) {
            links.add(Link.ok("event", "the daemon serves this run of it"));
        }
        return links;
    }

    List<Link> served() {
        metadata();
        if (isLocal) {
            endpoint(
                    "endpoint",
                    "mend it where virt-sound.conf has it, then: sudo systemctl restart virtsoundd; or, where 'virt-sound"
                            + " local add' made it, make it anew by that");
        } else if (guest.text("transport").equals("network")) {
            port();
        } else {
            endpoint(guest.text("transport"), "see 'virt-sound show " + name + "' and virt-sound.conf(5)");
        }
        connection();
        playback();
        microphone();
        latency();
        return links;
    }

    private List<String> problems(boolean ofMetadata) {
        return guest.list("problems").stream()
                .map(String::valueOf)
                .filter(problem -> problem.startsWith(METADATA) == ofMetadata)
                .toList();
    }

    private void metadata() {
        List<String> wrong = problems(true);
        links.add(Link.of(
                "metadata",
                wrong.isEmpty() ? null : wrong.get(0).substring(METADATA.length()),
                "valid",
                "values that virt-sound(1) lists",
                editMetadata()));
    }

    private String editMetadata() {
        return Virsh.at(guest.text("libvirtUri")) + " metadata " + name
                + " urn:virt-sound:domain:1 --key sound --edit --live --config";
    }

    /** Of a guest that has no port. */
    private void endpoint(String link, String next) {
        List<String> wrong = problems(false);
        links.add(Link.of(
                link,
                guest.text("state").equals("waiting") ? String.join("; ", wrong) : null,
                "its endpoint is open" + (guest.has("address") ? " at " + guest.text("address") : ""),
                "an endpoint for the guest",
                next));
        wrong.stream()
                .filter(problem -> problem.contains("<filesystem>"))
                .findFirst()
                .ifPresent(problem -> links.add(Link.broken(
                        "mount",
                        problem.substring(0, problem.indexOf("; ")),
                        "a container that sees its socket",
                        Virsh.at(guest.text("libvirtUri")) + " edit " + name
                                + ": put the <filesystem> that 'virt-sound guest-config " + name
                                + "' prints among its devices, and start it anew")));
    }

    private void port() {
        String device = guest.text("device");
        String bridge = network.text("bridge");
        List<String> others = problems(false);
        String ofNic =
                others.stream().filter(p -> p.contains("NIC")).findFirst().orElse(null);
        boolean hasNic = guest.has("mac") && ofNic == null;
        links.add(
                hasNic
                        ? Link.ok("NIC", device + ", " + guest.text("mac") + ", on bridge " + bridge)
                        : Link.broken(
                                "NIC",
                                ofNic == null ? "none on bridge " + bridge + " yet" : ofNic,
                                "a NIC on bridge " + bridge,
                                "virt-sound enable " + name + ", then start it anew"));
        if (!hasNic) {
            return;
        }
        links.add(Link.of(
                "address",
                guest.has("address") ? null : others.isEmpty() ? "none" : others.get(0),
                guest.text("address"),
                "a free one of " + network.text("subnet"),
                "see 'virt-sound list' for those taken, and network.subnet in virt-sound.conf"));
        if (report == null) {
            links.add(Link.unknown("port", "needs root: sudo virt-sound doctor " + name));
            return;
        }
        Optional<Problem> left = report.left().stream()
                .filter(problem -> problem.object().startsWith("port " + device + " "))
                .findFirst();
        if (left.isPresent()) {
            links.add(HostChain.broken("port", left.get()));
            return;
        }
        links.add(HostChain.checks("port", report, check -> check.group().equals("port " + device)));
        links.add(HostChain.checks(
                "rule", report, check -> check.expected().contains("--mac-source " + guest.text("mac"))));
        report.traffic().stream()
                .filter(traffic -> traffic.port().device().equals(device))
                .findFirst()
                .ifPresent(traffic -> links.add(packets(traffic)));
    }

    /** What the guest sends: whether its own end of the wire is as it should be. */
    private Link packets(PortTraffic traffic) {
        String address = guest.text("address");
        String inTheGuest = "in the guest: give the NIC " + guest.text("mac") + " the address " + address + "/"
                + prefix() + ", by DHCP or by hand";
        long lies = traffic.wrongAddress() + Math.max(0, traffic.wrongMac()) + Math.max(0, traffic.wrongArp());
        if (traffic.letIn() > 0 || guest.number("connections") > 0) {
            return Link.ok("packets", traffic.letIn() + " let in, " + lies + " dropped");
        }
        return lies > 0
                ? Link.broken(
                        "packets",
                        lies + " dropped, for they came from an address or MAC that is not this guest's",
                        "packets from " + address,
                        inTheGuest)
                : Link.idle(
                        "packets",
                        traffic.received() + " came from the guest, none from " + address,
                        "packets from " + address,
                        inTheGuest);
    }

    private String prefix() {
        String subnet = network.text("subnet");
        return subnet.substring(subnet.indexOf('/') + 1);
    }

    private void connection() {
        if (guest.text("state").equals("waiting")) {
            return;
        }
        long connections = guest.number("connections");
        String server = guest.text("transport").equals("network") && !isLocal
                ? "default-server = tcp:" + network.text("host") + ":" + network.text("port")
                : "default-server = " + guest.text("address");
        links.add(
                connections > 0
                        ? Link.ok("connection", connections + (connections == 1 ? " client" : " clients"))
                        : Link.idle(
                                "connection",
                                "no client of the guest is connected",
                                "one, once something plays",
                                guest.text("transport").equals("vchan")
                                        ? "in the guest: start the Qubes audio agent"
                                        : "in the guest: what 'virt-sound guest-config " + name + "' prints, above all "
                                                + server));
    }

    private void playback() {
        List<Fields> streams = streams("playback");
        if (guest.number("connections") == 0) {
            return;
        }
        List<Fields> running = running(streams);
        List<Fields> recording = running(streams("record"));
        if (running.isEmpty() && !recording.isEmpty()) {
            links.add(Link.ok("stream", "nothing plays, recorded is " + names(recording)));
            return;
        }
        if (running.isEmpty()) {
            links.add(Link.idle(
                    "stream",
                    streams.isEmpty() ? "nothing plays" : "paused in the guest: " + names(streams),
                    "a stream that plays",
                    "in the guest: play something"));
            return;
        }
        links.add(Link.ok("stream", names(running)));
        Fields policy = guest.in("policy");
        String quiet = !policy.is("playback")
                ? "playback is off"
                : policy.is("mute")
                        ? "muted"
                        : policy.has("volumePercent") && policy.number("volumePercent") == 0 ? "volume 0%" : null;
        links.add(Link.of(
                "volume",
                quiet,
                policy.has("volumePercent") ? policy.text("volumePercent") + "%" : "as the host remembers it",
                "playback on, not muted, a volume above 0%",
                !policy.is("playback")
                        ? "<playback enabled=\"yes\"/> in its metadata: " + editMetadata()
                        : policy.is("mute") ? "virt-sound unmute " + name : "virt-sound volume " + name + " 80%"));
        String problem = guest.has("hostProblem") ? guest.text("hostProblem") : null;
        links.add(Link.of(
                "sink",
                problem,
                guest.text("host") + ", sink " + policy.text("sink", "default"),
                "the guest's stream at the host's card",
                policy.has("sink")
                        ? "virt-sound sink " + name + " default, or one that 'pactl list short sinks' lists on the host"
                        : "virt-sound host"));
    }

    private void microphone() {
        Fields mic = guest.in("mic");
        boolean withheld = !running(streams("record")).isEmpty() && !mic.is("granted");
        String state = "policy " + mic.text("policy") + (mic.is("granted") ? ", granted" : ", not granted")
                + (mic.is("onAir") ? ", on air" : "");
        links.add(
                withheld
                        ? Link.idle(
                                "microphone",
                                "the guest records silence: " + state,
                                "a grant, where it is to hear the microphone",
                                mic.text("policy").equals("off")
                                        ? "<capture policy=\"ask\"/> in its metadata, then: virt-sound mic grant "
                                                + name
                                        : "virt-sound mic grant " + name + " --for 30m")
                        : Link.ok("microphone", state));
    }

    private void latency() {
        long maxMs = guest.number("maxLatencyMs");
        List<Fields> measured = streams("playback").stream()
                .filter(stream -> stream.number("latencyUs") >= 0 && !stream.is("corked"))
                .toList();
        if (measured.isEmpty()) {
            return;
        }
        long longestMs = measured.stream()
                        .mapToLong(stream -> stream.number("latencyUs"))
                        .max()
                        .orElse(0)
                / 1000;
        long underflows = measured.stream()
                .mapToLong(stream -> stream.number("underflows"))
                .sum();
        links.add(Link.of(
                "latency",
                longestMs > maxMs ? longestMs + " ms" : null,
                longestMs + " ms of " + maxMs + " ms, " + underflows + " underflows",
                "at most " + maxMs + " ms",
                "a sink with less latency (virt-sound sink " + name + " NAME), or <latency max=\"" + (longestMs + 20)
                        + "ms\"/> in its metadata"));
    }

    private List<Fields> streams(String direction) {
        return guest.list("streamList").stream()
                .map(Fields::new)
                .filter(stream -> Objects.equals(stream.text("direction"), direction))
                .toList();
    }

    private static List<Fields> running(List<Fields> streams) {
        return streams.stream().filter(stream -> !stream.is("corked")).toList();
    }

    private static String names(List<Fields> streams) {
        return streams.stream().map(stream -> "\"" + stream.text("name") + "\"").collect(Collectors.joining(", "));
    }
}
