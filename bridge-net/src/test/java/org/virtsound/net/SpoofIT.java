package org.virtsound.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Two guests on one bridge: alice plays, bob tries to be her; with either of the two locks on her port by itself. */
@ParameterizedClass
@MethodSource("ports")
class SpoofIT {
    private static final SoundNetwork NET = SoundNetwork.DEFAULT;
    private static final String HOST_MAC = "02:76:0a:2f:0d:01";
    private static final GuestPort ALICE = port("vnet0", 2);
    private static final GuestPort BOB = port("vnet1", 3);

    private final Namespace host = Namespace.create();
    private final Namespace alice = host.guest(ALICE.device(), "", ALICE.mac().text(), "10.47.13.2/29");
    private final Namespace bob = host.guest(BOB.device(), "", BOB.mac().text(), "10.47.13.3/29");

    @Parameter
    private String ports;

    private Wire server;
    private Wire aliceHears;
    private Wire bobHears;
    private Wire client;

    static List<String> ports() {
        return Boolean.getBoolean("virtsound.full")
                ? List.of("locked and guarded", "locked", "guarded")
                : List.of("locked", "guarded");
    }

    @BeforeEach
    void aliceIsConnected() {
        up();
        server = Wire.start(host, "serve", "10.47.13.1", "4713");
        aliceHears = Wire.start(alice, "sniff", "eth0");
        bobHears = Wire.start(bob, "sniff", "eth0");
        client = Wire.start(alice, "talk", "10.47.13.1", "4713");
        aliceIsHeard("first");
    }

    @AfterEach
    void close() {
        for (Wire wire : new Wire[] {client, bobHears, aliceHears, server}) {
            if (wire != null) {
                wire.close();
            }
        }
        host.close();
    }

    @Test
    void eachGuestIsServedAtItsOwnAddress() {
        assertThat(reach(bob)).isEqualTo("answered");
        assertThat(traffic(BOB).letIn()).isPositive();
        assertThat(traffic(BOB).wrongAddress()).isZero();
    }

    @Test
    void aGuestUnderAnothersAddressGetsNoAnswerAndIsCounted() {
        bob.run("ip", "addr", "flush", "dev", "eth0");
        bob.run("ip", "addr", "add", "10.47.13.2/29", "dev", "eth0");
        bob.run("ip", "neigh", "replace", "10.47.13.1", "lladdr", HOST_MAC, "dev", "eth0");

        assertThat(reach(bob)).isEqualTo("silence");

        assertThat(traffic(BOB).wrongAddress()).isPositive();
        nothingOfAlicesReachesBob();
        aliceIsHeard("still");
    }

    @Test
    void aGuestUnderAnothersMacAndAddressGetsNoAnswerAndIsCounted() {
        bob.run("ip", "link", "set", "dev", "eth0", "address", ALICE.mac().text());
        bob.run("ip", "addr", "flush", "dev", "eth0");
        bob.run("ip", "addr", "add", "10.47.13.2/29", "dev", "eth0");
        bob.run("ip", "neigh", "replace", "10.47.13.1", "lladdr", HOST_MAC, "dev", "eth0");
        PortTraffic before = traffic(BOB);

        assertThat(reach(bob)).isEqualTo("silence");

        PortTraffic after = traffic(BOB);
        assertThat(after.received()).isGreaterThan(before.received());
        assertThat(after.letIn()).isEqualTo(before.letIn());
        if (!ports.equals("locked")) {
            assertThat(after.wrongMac()).isGreaterThan(before.wrongMac());
            assertThat(traffic(ALICE).wrongMac()).isZero();
        }
        nothingOfAlicesReachesBob();
        aliceIsHeard("still");
    }

    @Test
    void liesByArpChangeNeitherTheHostsMindNorAnotherGuests() {
        Wire.play(bob, "arp", "eth0", BOB.mac().text(), BOB.mac().text(), "10.47.13.2", "10.47.13.1", "50");
        Wire.play(bob, "arp", "eth0", BOB.mac().text(), BOB.mac().text(), "10.47.13.1", "10.47.13.2", "50");
        Wire.play(bob, "arp", "eth0", ALICE.mac().text(), ALICE.mac().text(), "10.47.13.2", "10.47.13.1", "50");
        aliceIsHeard("after lies");
        assertThat(traffic(BOB).wrongArp()).isEqualTo(ports.equals("locked") ? -1 : 200);
        assertThat(traffic(BOB).wrongMac()).isEqualTo(ports.equals("locked") ? -1 : 100);

        assertThat(host.run("ip", "neigh", "show", "10.47.13.2", "dev", "SOUND"))
                .contains(ALICE.mac().text(), "PERMANENT");
        assertThat(alice.run("ip", "neigh", "show", "10.47.13.1")).contains(HOST_MAC);
        assertThat(aliceHears.lines()).noneMatch(line -> line.contains(BOB.mac().text()));
        nothingOfAlicesReachesBob();
    }

    @Test
    void aForgedSegmentThatFitsTheConnectionIsNotTaken() {
        forge(bob, BOB.mac().text(), "data", "by bob's card");
        forge(bob, ALICE.mac().text(), "data", "by a stolen card");
        forge(bob, BOB.mac().text(), "rst", "");
        forge(bob, ALICE.mac().text(), "rst", "");

        aliceIsHeard("unharmed");
        assertThat(server.lines()).containsExactly("ready", "first", "unharmed");
        assertThat(traffic(BOB).wrongAddress()).isPositive();

        // The same segment from alice's own card is taken: it was the port that stopped it, not a flaw of the forgery.
        forge(alice, ALICE.mac().text(), "data", "by alice's card");
        await().untilAsserted(() -> assertThat(server.lines()).contains("by alice's card"));
    }

    @Test
    void guestsCannotReachEachOther() {
        try (Wire listener = Wire.start(alice, "serve", "10.47.13.2", "5000")) {
            assertThat(Wire.play(bob, "reach", "10.47.13.2", "5000", "0.7")).isEqualTo("silence");
            assertThat(listener.lines()).containsExactly("ready");
            assertThat(Wire.play(host, "reach", "10.47.13.2", "5000", "0.7")).isEqualTo("answered");
        }
    }

    @Test
    void aGuestReachesNothingOfTheHostButItsOwnPortAndEcho() {
        try (Wire other = Wire.start(host, "serve", "0.0.0.0", "5000")) {
            assertThat(other.lines()).containsExactly("ready");
            assertThat(Wire.play(bob, "reach", "10.47.13.1", "5000", "0.7")).isEqualTo("silence");
            bob.run("ip", "route", "add", "default", "via", "10.47.13.1");
            host.run("ip", "link", "add", "lan0", "type", "veth", "peer", "name", "lan1");
            host.run("ip", "addr", "add", "192.168.77.1/24", "dev", "lan0");
            host.run("ip", "link", "set", "lan0", "up");
            assertThat(Wire.play(bob, "reach", "192.168.77.1", "5000", "0.7")).isEqualTo("silence");
        }
    }

    /** Sends, as alice, a segment that continues her connection exactly where it is. */
    private void forge(Namespace where, String fromMac, String flags, String text) {
        String[] last = aliceHears.lines().stream()
                .filter(line -> line.startsWith("> " + ALICE.mac()) && line.contains(" 10.47.13.1 "))
                .reduce((a, b) -> b)
                .orElseThrow()
                .split(" ", -1);
        long next = (Long.parseLong(last[7]) + Long.parseLong(last[9])) % (1L << 32);
        Wire.play(
                where,
                "segment",
                "eth0",
                fromMac,
                HOST_MAC,
                "10.47.13.2",
                "10.47.13.1",
                last[5],
                "4713",
                "" + next,
                last[8],
                flags,
                text);
    }

    private void aliceIsHeard(String word) {
        client.say(word);
        await().untilAsserted(() -> assertThat(client.lines()).contains(word));
        assertThat(server.lines()).contains(word);
        // The acknowledgement of the echo is out too, so that the last segment seen is where the connection is.
        int at = client.lines().size();
        await().untilAsserted(() -> assertThat(aliceHears.lines().stream()
                        .filter(line -> line.startsWith("> ") && line.endsWith(" 0"))
                        .count())
                .isGreaterThanOrEqualTo(at));
    }

    private void nothingOfAlicesReachesBob() {
        assertThat(bobHears.lines())
                .filteredOn(line -> !line.startsWith("> "))
                .noneMatch(line -> line.contains("10.47.13.2 ")
                        || line.contains(ALICE.mac().text()));
    }

    private static String reach(Namespace from) {
        return Wire.play(from, "reach", "10.47.13.1", "4713", "0.7");
    }

    private PortTraffic traffic(GuestPort port) {
        return NetworkReport.read(commands(), NET, List.of(ALICE, BOB)).traffic().stream()
                .filter(traffic -> traffic.port().equals(port))
                .findAny()
                .orElseThrow();
    }

    private void up() {
        Commands commands = commands();
        NetworkPlan.up(NET, List.of(ALICE, BOB), NetworkState.read(commands, NET), Maker.DAEMON)
                .apply(commands);
    }

    /** A machine without nft, or a kernel before 5.18, which knows no locked port. */
    private Commands commands() {
        return command -> {
            if (command.argv().get(0).equals("nft") && ports.equals("locked")) {
                throw CommandFailure.missing(command, "No such file or directory");
            }
            return host.commands()
                    .run(
                            ports.equals("guarded")
                                    ? new Command(
                                            command.argv(), command.stdin().replace(" locked on", ""))
                                    : command);
        };
    }

    private static GuestPort port(String device, int number) {
        return new GuestPort(
                device, new MacAddress("52:54:00:00:00:0" + number), Subnet.parseAddress("10.47.13." + number));
    }
}
