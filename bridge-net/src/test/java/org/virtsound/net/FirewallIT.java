package org.virtsound.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirewallIT {
    private static final SoundNetwork NET = SoundNetwork.DEFAULT;
    private static final GuestPort ALICE =
            new GuestPort("vnet0", new MacAddress("52:54:00:00:00:02"), Subnet.parseAddress("10.47.13.2"));

    @ParameterizedTest
    @ValueSource(strings = {"nft", "legacy"})
    void aPeerOnAnotherCardIsRefusedAndAFlushedFirewallIsPutBack(String backend) {
        try (Namespace host = Namespace.create().withBackend(backend)) {
            Namespace alice = host.guest("vnet0", "", ALICE.mac().text(), "10.47.13.2/29");
            Namespace peer = host.guest("lan0", "", "52:54:00:00:77:02", "192.168.77.2/24");
            host.run("ip", "addr", "add", "192.168.77.1/24", "dev", "lan0");
            peer.run("ip", "route", "add", "10.47.13.0/29", "via", "192.168.77.1");
            up(host);
            try (Wire server = Wire.start(host, "serve", "10.47.13.1", "4713")) {
                assertThat(server.lines()).containsExactly("ready");
                for (String wipe : List.of("-F", "-F INPUT", "-D INPUT 1", "-F VIRT-SOUND")) {
                    assertThat(reach(alice)).isEqualTo("answered");
                    assertThat(reach(peer)).isEqualTo("silence");
                    assertThat(reach(host)).as("over lo").isEqualTo("answered");
                    host.run(("iptables " + wipe).split(" ", -1));
                    assertThat(reach(peer)).as("after iptables " + wipe).isEqualTo("answered");
                    assertThat(report(host).isWhole()).isFalse();
                    up(host);
                    assertThat(report(host).checks()).allMatch(NetworkReport.Check::ok);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nft", "legacy"})
    void theHostsOwnRulesAndPoliciesStayAndOursComeFirst(String backend) {
        try (Namespace host = Namespace.create().withBackend(backend)) {
            Namespace alice = host.guest("vnet0", "", ALICE.mac().text(), "10.47.13.2/29");
            host.run("iptables", "-P", "INPUT", "DROP");
            host.run("iptables", "-P", "FORWARD", "DROP");
            host.run("iptables", "-A", "INPUT", "-p", "tcp", "--dport", "22", "-j", "ACCEPT");
            host.run("iptables", "-N", "DOCKER-USER");
            host.run("iptables", "-A", "FORWARD", "-j", "DOCKER-USER");
            String before = rules(host);
            up(host);
            try (Wire server = Wire.start(host, "serve", "10.47.13.1", "4713")) {
                assertThat(reach(alice)).isEqualTo("answered");
                assertThat(server.lines()).containsExactly("ready");
            }

            // As a firewall that comes later does: its own rule before all others, and once more.
            host.run("iptables", "-I", "INPUT", "1", "-i", "SOUND", "-j", "ACCEPT");
            host.run("iptables", "-A", "INPUT", "-j", "VIRT-SOUND");
            host.run("iptables", "-A", "VIRT-SOUND-PORTS", "-j", "ACCEPT");
            assertThat(report(host).isWhole()).isFalse();
            up(host);
            assertThat(report(host).checks()).allMatch(NetworkReport.Check::ok);
            assertThat(host.run("iptables", "-S", "INPUT").lines().filter(line -> line.startsWith("-A")))
                    .containsExactly(
                            "-A INPUT -j VIRT-SOUND",
                            "-A INPUT -i SOUND -j ACCEPT",
                            "-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT");

            host.run("iptables", "-D", "INPUT", "-i", "SOUND", "-j", "ACCEPT");
            NetworkPlan.down(NET, NetworkState.read(host.commands(), NET), Maker.DAEMON)
                    .apply(host.commands());
            assertThat(rules(host)).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nft", "legacy"})
    void aReloadOfAllRulesAndADeletedBridgeArePutBackInOnePass(String backend) {
        try (Namespace host = Namespace.create().withBackend(backend)) {
            Namespace alice = host.guest("vnet0", "", ALICE.mac().text(), "10.47.13.2/29");
            up(host);
            host.commands()
                    .run(new Command(
                            List.of("iptables-restore"),
                            "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n"));
            host.run("ip6tables", "-F");
            host.run("ip", "link", "delete", "dev", "SOUND");
            up(host);

            assertThat(report(host).checks()).allMatch(NetworkReport.Check::ok);
            try (Wire server = Wire.start(host, "serve", "10.47.13.1", "4713")) {
                assertThat(reach(alice)).isEqualTo("answered");
                assertThat(server.lines()).containsExactly("ready");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nft", "legacy"})
    void aChangedGuestTouchesItsOwnRulesOnlySoThatCountersStay(String backend) {
        try (Namespace host = Namespace.create().withBackend(backend)) {
            Namespace alice = host.guest("vnet0", "", ALICE.mac().text(), "10.47.13.2/29");
            host.guest("vnet1", "", "52:54:00:00:00:03", "");
            GuestPort bob =
                    new GuestPort("vnet1", new MacAddress("52:54:00:00:00:03"), Subnet.parseAddress("10.47.13.3"));
            GuestPort moved = new GuestPort("vnet1", bob.mac(), Subnet.parseAddress("10.47.13.4"));
            up(host);
            reach(alice);
            long letIn = report(host).traffic().get(0).letIn();
            assertThat(letIn).isPositive();

            for (List<GuestPort> ports : List.of(List.of(ALICE, bob), List.of(ALICE, moved), List.of(moved, ALICE))) {
                Commands commands = host.commands();
                NetworkPlan.up(NET, ports, NetworkState.read(commands, NET), Maker.DAEMON)
                        .apply(commands);
                NetworkReport report = NetworkReport.of(NET, ports, NetworkState.read(commands, NET), List.of());
                assertThat(report.isWhole()).isTrue();
                assertThat(report.traffic())
                        .anySatisfy(traffic -> assertThat(traffic.letIn()).isEqualTo(letIn));
            }
            up(host);
            assertThat(report(host).isWhole()).isTrue();
            assertThat(report(host).traffic().get(0).letIn()).isEqualTo(letIn);
        }
    }

    private static void up(Namespace host) {
        Commands commands = host.commands();
        NetworkPlan.up(NET, List.of(ALICE), NetworkState.read(commands, NET), Maker.DAEMON)
                .apply(commands);
        assertThat(NetworkPlan.up(NET, List.of(ALICE), NetworkState.read(commands, NET), Maker.DAEMON)
                        .steps())
                .isEmpty();
    }

    private static NetworkReport report(Namespace host) {
        return NetworkReport.of(NET, List.of(ALICE), NetworkState.read(host.commands(), NET), List.of());
    }

    private static String rules(Namespace host) {
        return host.run("iptables-save").replaceAll("(?m)^#.*\n", "").replaceAll("\\[.*]", "");
    }

    private static String reach(Namespace from) {
        return Wire.play(from, "reach", "10.47.13.1", "4713", "0.7");
    }
}
