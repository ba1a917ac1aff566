package org.virtsound.plugin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.virtsound.net.GuestPort;
import org.virtsound.net.MacAddress;
import org.virtsound.net.NetworkReport;
import org.virtsound.net.NetworkReport.Check;
import org.virtsound.net.PortTraffic;
import org.virtsound.net.Problem;
import org.virtsound.net.Subnet;

/** Each link of the chain, broken by itself in a chain that is whole otherwise. */
class ChainTest {
    private static final String MAC = "00:16:3e:47:13:02";
    private static final Check BRIDGE = new Check("bridge SOUND", "is up", true, "");
    private static final Check CHAIN = new Check("chain INPUT", "-j VIRT-SOUND (first)", true, "");
    private static final Check PORT = new Check("port vsg2", "is on SOUND", true, "");
    private static final Check RULE = new Check(
            "chain VIRT-SOUND-PORTS", "-s 10.47.13.2/32 -m mac --mac-source " + MAC + " -g VIRT-SOUND-GUEST", true, "");
    private static final Problem PROBLEM = new Problem("it", "that it were so", "run: mend it");

    /** What is looked at; a test spoils one thing of it. */
    private static final class Case {
        final Map<String, Object> connection = map("uris", List.of("xen:///system"), "connectedTo", "xen:///system");
        final Map<String, Object> known =
                map("name", "win", "id", 3, "libvirtUri", "xen:///system", "running", true, "takesPart", true);
        final Map<String, Object> playing = map("default", 32, "usb", 32);
        final Map<String, Object> host =
                map("hostServer", "auto", "inUse", "pulseaudio 16.1 at unix:/run/native", "playing", playing);
        final Map<String, Object> network =
                map("bridge", "SOUND", "subnet", "10.47.13.0/29", "host", "10.47.13.1", "port", 4713);
        final Map<String, Object> mic = map("policy", "ask", "granted", false, "onAir", false);
        final Map<String, Object> policy = map("playback", true, "volumePercent", 80);
        final Map<String, Object> stream =
                map("direction", "playback", "name", "music", "corked", false, "latencyUs", 40_000, "underflows", 0);
        final List<Object> streams = new ArrayList<>(List.of(stream));
        final List<Check> checks = new ArrayList<>(List.of(BRIDGE, CHAIN, PORT, RULE));
        final List<Problem> problems = new ArrayList<>();
        final List<Problem> left = new ArrayList<>();
        final List<Problem> firewalls = new ArrayList<>();
        final Map<String, Object> guest = map(
                "name",
                "win",
                "id",
                3,
                "type",
                "xen",
                "libvirtUri",
                "xen:///system",
                "transport",
                "network",
                "state",
                "playing",
                "device",
                "vsg2",
                "mac",
                MAC,
                "address",
                "10.47.13.2",
                "connections",
                1,
                "maxLatencyMs",
                80,
                "problems",
                List.of(),
                "host",
                "pulseaudio 16.1 at unix:/run/native",
                "mic",
                mic,
                "policy",
                policy,
                "streamList",
                streams);
        PortTraffic traffic = traffic(10, 10, 0);

        static PortTraffic traffic(long received, long letIn, long wrongAddress) {
            GuestPort port = new GuestPort("vsg2", new MacAddress(MAC), Subnet.parseAddress("10.47.13.2"));
            return new PortTraffic(port, received, letIn, wrongAddress, 0, 0);
        }

        private static Map<String, Object> map(Object... pairs) {
            Map<String, Object> map = new HashMap<>();
            for (int i = 0; i < pairs.length; i += 2) {
                map.put((String) pairs[i], pairs[i + 1]);
            }
            return map;
        }

        List<Link> walk() {
            NetworkReport report = new NetworkReport(checks, List.of(traffic), problems, left, firewalls);
            List<Link> links =
                    new ArrayList<>(HostChain.libvirt(new Fields(Map.of("connections", List.of(connection)))));
            links.addAll(HostChain.network(report));
            links.add(HostChain.hostServer(new Fields(host)));
            links.addAll(HostChain.cards(new Fields(host)));
            Fields served = guest.isEmpty() ? null : new Fields(guest);
            links.addAll(GuestChain.domain(new Fields(known), served, "SOUND"));
            if (served != null) {
                links.addAll(new GuestChain(served, new Fields(network), report).served());
            }
            return links;
        }

        void unserved() {
            guest.clear();
        }

        void fails(Check check) {
            checks.set(checks.indexOf(check), new Check(check.group(), check.expected(), false, ""));
        }
    }

    @Test
    void aWholeChainHasNoBrokenLink() {
        assertThat(new Case().walk())
                .allSatisfy(link -> assertThat(link.state()).isEqualTo(Link.State.OK))
                .extracting(Link::name)
                .containsExactly(
                        "libvirt",
                        "network",
                        "firewall rules",
                        "other firewalls",
                        "host server",
                        "domain",
                        "takes part",
                        "event",
                        "metadata",
                        "NIC",
                        "address",
                        "port",
                        "rule",
                        "packets",
                        "connection",
                        "stream",
                        "volume",
                        "sink",
                        "microphone",
                        "latency");
    }

    static Stream<Arguments> breaks() {
        return Stream.of(
                of("libvirt", "virsh -c xen:///system list", c -> c.connection.remove("connectedTo")),
                of("network", "mend it", c -> c.problems.add(PROBLEM)),
                of("network", "virt-sound net up", c -> c.fails(BRIDGE)),
                of("firewall rules", "virt-sound net up", c -> c.fails(CHAIN)),
                of("other firewalls", "mend it", c -> c.firewalls.add(PROBLEM)),
                of("host server", "host-server", c -> c.host.put("problem", "connection refused")),
                of("host server", "log in at the seat", c -> c.host.put("inUse", "silence")),
                of("card", "virt-sound sink DOMAIN NAME", c -> c.playing.put("usb", 33)),
                of("domain", "virsh -c xen:///system start win", c -> c.known.put("running", false)),
                of("takes part", "virt-sound enable win", c -> c.known.put("takesPart", false)),
                of("event", "systemctl reload virtsoundd", Case::unserved),
                of("event", "systemctl reload virtsoundd", c -> c.guest.put("id", 2)),
                of(
                        "metadata",
                        "virsh -c xen:///system metadata win",
                        c -> c.guest.put("problems", List.of("metadata: playback volume=\"loud\""))),
                of("NIC", "virt-sound enable win", c -> c.guest.put("mac", null)),
                of("address", "virt-sound list", c -> c.guest.put("address", null)),
                of(
                        "port",
                        "see virsh",
                        c -> c.left.add(new Problem("port vsg2 (a, b) is not there", "it", "see virsh"))),
                of("port", "virt-sound net up", c -> c.fails(PORT)),
                of("rule", "virt-sound net up", c -> c.fails(RULE)),
                of("packets", "10.47.13.2/29", c -> {
                    c.traffic = Case.traffic(9, 0, 9);
                    c.guest.put("connections", 0);
                }),
                of("volume", "virt-sound unmute win", c -> c.policy.put("mute", true)),
                of("volume", "virt-sound volume win 80%", c -> c.policy.put("volumePercent", 0)),
                of("mount", "virsh -c 'qemu:///session?socket=/run/it' edit win", c -> {
                    c.guest.putAll(Map.of("transport", "socket", "libvirtUri", "qemu:///session?socket=/run/it"));
                    c.guest.put("problems", List.of("it mounts no /run/win; put the <filesystem> there"));
                }),
                of("volume", "virsh -c xen:///system metadata win", c -> c.policy.put("playback", false)),
                of("sink", "virt-sound sink win default", c -> {
                    c.policy.put("sink", "usb");
                    c.guest.put("hostProblem", "unix:/run/native: it has no device 'usb'");
                    c.host.put("problem", "unix:/run/native: it has no device 'usb'");
                }),
                of("latency", "<latency max=\"140ms\"/>", c -> c.stream.put("latencyUs", 120_000)),
                of("endpoint", "virt-sound.conf", c -> {
                    c.guest.putAll(Map.of("type", "local", "state", "waiting", "connections", 0));
                    c.guest.put("problems", List.of("bind(..) failed: Address already in use"));
                }),
                of("vchan", "virt-sound show win", c -> {
                    c.guest.putAll(Map.of("transport", "vchan", "state", "waiting", "connections", 0));
                    c.guest.put("problems", List.of("transport vchan: no /dev/xen"));
                }));
    }

    private static Arguments of(String link, String next, Consumer<Case> spoil) {
        return Arguments.of(link, next, spoil);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("breaks")
    void theBrokenLinkIsNamedFirstWithWhatMendsIt(String name, String next, Consumer<Case> spoil) {
        Case spoilt = new Case();
        spoil.accept(spoilt);

        Link first = first(spoilt, Link.State.BROKEN);

        assertThat(first.name()).isEqualTo(name);
        assertThat(first.found()).isNotEmpty();
        assertThat(first.expected()).isNotEmpty();
        assertThat(first.next()).contains(next);
    }

    static Stream<Arguments> idles() {
        return Stream.of(
                of("packets", "10.47.13.2/29", c -> {
                    c.traffic = Case.traffic(0, 0, 0);
                    c.guest.put("connections", 0);
                }),
                of("connection", "default-server = tcp:10.47.13.1:4713", c -> c.guest.put("connections", 0)),
                of("stream", "play something", c -> c.streams.clear()),
                of("stream", "play something", c -> c.stream.put("corked", true)),
                of("stream", "play something", c -> {
                    c.stream.put("corked", true);
                    c.streams.add(Map.of("direction", "record", "corked", true));
                }),
                of("microphone", "virt-sound mic grant win", c -> c.streams.add(Map.of("direction", "record"))),
                of("microphone", "virt-sound mic grant win", c -> {
                    c.streams.clear();
                    c.streams.add(Map.of("direction", "record"));
                }),
                of("microphone", "capture policy=\"ask\"", c -> {
                    c.streams.add(Map.of("direction", "record"));
                    c.mic.put("policy", "off");
                }));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("idles")
    void whatMerelyCarriesNoSoundIsToldApart(String name, String next, Consumer<Case> spoil) {
        Case idle = new Case();
        spoil.accept(idle);

        assertThat(idle.walk()).noneMatch(link -> link.state() == Link.State.BROKEN);
        Link first = first(idle, Link.State.IDLE);
        assertThat(first.name()).isEqualTo(name);
        assertThat(first.next()).contains(next);
    }

    @Test
    void aGuestThatHearsTheMicrophoneNeedNotPlay() {
        Case records = new Case();
        records.streams.clear();
        records.streams.add(Map.of("direction", "record", "name", "call"));
        records.mic.put("granted", true);

        assertThat(records.walk())
                .allSatisfy(link -> assertThat(link.state()).isEqualTo(Link.State.OK))
                .anySatisfy(link -> assertThat(link.found()).contains("\"call\""));
    }

    private static Link first(Case of, Link.State state) {
        return of.walk().stream()
                .filter(link -> link.state() == state)
                .findFirst()
                .orElseThrow();
    }
}
