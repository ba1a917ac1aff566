package org.virtsound.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpDownIT {
    private static final SoundNetwork NET = SoundNetwork.DEFAULT;

    @ParameterizedTest
    @ValueSource(strings = {"nft", "legacy"})
    void upTwiceChangesNothingTheSecondTimeAndDownRestores(String backend) {
        try (Namespace host = Namespace.create().withBackend(backend)) {
            Commands commands = host.commands();
            commands.run("iptables", "-A", "INPUT", "-i", "lo", "-j", "ACCEPT");
            commands.run("ip6tables", "-A", "INPUT", "-i", "lo", "-j", "ACCEPT");
            String before = picture(commands);
            GuestPort port =
                    new GuestPort("vnet0", new MacAddress("52:54:00:00:00:02"), Subnet.parseAddress("10.47.13.2"));
            host.guest("vnet0", "", port.mac().text(), "");
            commands.run("ip", "link", "set", "vnet0", "up");

            NetworkPlan first = up(commands, List.of(port));
            assertThat(first.problems()).isEmpty();
            assertThat(first.left()).isEmpty();
            first.apply(commands);

            assertThat(up(commands, List.of(port)).steps()).isEmpty();

            NetworkPlan.down(NET, NetworkState.read(commands, NET), Maker.COMMAND)
                    .apply(commands);
            commands.run("ip", "link", "delete", "vnet0");
            assertThat(picture(commands)).isEqualTo(before);
            assertThat(NetworkPlan.down(NET, NetworkState.read(commands, NET), Maker.COMMAND)
                            .steps())
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nft", "legacy"})
    void aPlanPastedIntoAShellDoesTheSame(String backend) {
        try (Namespace host = Namespace.create().withBackend(backend)) {
            Commands commands = host.commands();
            GuestPort port =
                    new GuestPort("vnet0", new MacAddress("52:54:00:00:00:02"), Subnet.parseAddress("10.47.13.2"));
            host.guest("vnet0", "", port.mac().text(), "");

            commands.run(
                    new Command(List.of("sh", "-e"), up(commands, List.of(port)).shell()));
            assertThat(NetworkReport.read(commands, NET, List.of(port)).isWhole())
                    .isTrue();

            String down = NetworkPlan.down(NET, NetworkState.read(commands, NET), Maker.COMMAND)
                    .shell();
            commands.run(new Command(List.of("sh", "-e"), down));
            assertThat(NetworkPlan.down(NET, NetworkState.read(commands, NET), Maker.COMMAND)
                            .steps())
                    .isEmpty();
        }
    }

    @Test
    void whereThereWasNoTableThereIsNoneAfterwardsUnlessSomebodyUsesIt() {
        try (Namespace host = Namespace.create().withBackend("nft")) {
            Commands commands = host.commands();
            assertThat(commands.run("iptables-save") + commands.run("ip6tables-save"))
                    .isEmpty();
            up(commands, List.of()).apply(commands);
            assertThat(up(commands, List.of()).steps()).isEmpty();
            NetworkPlan.down(NET, NetworkState.read(commands, NET), Maker.COMMAND)
                    .apply(commands);
            assertThat(commands.run("iptables-save") + commands.run("ip6tables-save"))
                    .isEmpty();

            up(commands, List.of()).apply(commands);
            commands.run("iptables", "-A", "INPUT", "-p", "tcp", "--dport", "22", "-j", "ACCEPT");
            commands.run("ip6tables", "-P", "FORWARD", "DROP");
            NetworkPlan.down(NET, NetworkState.read(commands, NET), Maker.COMMAND)
                    .apply(commands);
            assertThat(commands.run("iptables-save")).contains("--dport 22").doesNotContain("VIRT-SOUND");
            assertThat(commands.run("ip6tables-save")).contains("FORWARD DROP").doesNotContain("VIRT-SOUND");
        }
    }

    @Test
    void machinesBehindAnUplinkAreGuestsByAddressAndMac() {
        SoundNetwork network = new SoundNetwork("SOUND", "sound", NET.subnet(), 4713, false, "eth1", null);
        GuestPort known = new GuestPort("eth1", new MacAddress("52:54:00:00:00:02"), Subnet.parseAddress("10.47.13.2"));
        GuestPort other = new GuestPort("eth1", new MacAddress("52:54:00:00:00:03"), Subnet.parseAddress("10.47.13.3"));
        try (Namespace host = Namespace.create()) {
            // One machine at a time at the far end of the cable.
            Namespace outside = host.guest("eth1", "", known.mac().text(), "10.47.13.2/29");
            Commands commands = host.commands();
            List<GuestPort> ports = List.of(known, other);
            NetworkPlan.up(network, ports, NetworkState.read(commands, network), Maker.DAEMON)
                    .apply(commands);
            NetworkState state = NetworkState.read(commands, network);
            assertThat(NetworkPlan.up(network, ports, state, Maker.DAEMON).steps())
                    .isEmpty();
            assertThat(NetworkReport.read(commands, network, ports).isWhole()).isTrue();
            try (Wire server = Wire.start(host, "serve", "10.47.13.1", "4713")) {
                assertThat(server.lines()).containsExactly("ready");
                assertThat(Wire.play(outside, "reach", "10.47.13.1", "4713", "1"))
                        .isEqualTo("answered");
                outside.run("ip", "addr", "del", "10.47.13.2/29", "dev", "eth0");
                outside.run("ip", "addr", "add", "10.47.13.3/29", "dev", "eth0");
                assertThat(Wire.play(outside, "reach", "10.47.13.1", "4713", "1"))
                        .isEqualTo("silence");
                outside.run("ip", "link", "set", "eth0", "address", other.mac().text());
                assertThat(Wire.play(outside, "reach", "10.47.13.1", "4713", "1"))
                        .isEqualTo("answered");
                outside.run("ip", "link", "set", "eth0", "address", "52:54:00:00:00:99");
                assertThat(Wire.play(outside, "reach", "10.47.13.1", "4713", "1"))
                        .isEqualTo("silence");
            }
            NetworkPlan.down(network, NetworkState.read(commands, network), Maker.DAEMON)
                    .apply(commands);
            assertThat(host.run("ip", "link", "show", "eth1")).doesNotContain("master");
        }
    }

    @Test
    void aVpnsRouteThatComesOnceTheBridgeIsUpStopsNothing() {
        try (Namespace host = Namespace.create()) {
            Commands commands = host.commands();
            up(commands, List.of()).apply(commands);
            host.run("ip", "link", "add", "tun0", "type", "veth", "peer", "name", "tun1");
            host.run("ip", "link", "set", "tun0", "up");
            host.run("ip", "route", "add", "10.0.0.0/8", "dev", "tun0");
            GuestPort port =
                    new GuestPort("vnet0", new MacAddress("52:54:00:00:00:02"), Subnet.parseAddress("10.47.13.2"));
            host.guest("vnet0", "", port.mac().text(), "");

            up(commands, List.of(port)).apply(commands);

            assertThat(NetworkReport.read(commands, NET, List.of(port)).isWhole())
                    .isTrue();
        }
    }

    @Test
    void anAddressThatWasTakenAwayIsPutBackUnderTheDaemonThatListensOnIt() {
        try (Namespace host = Namespace.create()) {
            Commands commands = host.commands();
            up(commands, List.of()).apply(commands);
            try (Wire daemon = Wire.start(host, "serve", "10.47.13.1", "4713")) {
                assertThat(daemon.lines()).containsExactly("ready");
                host.run("ip", "addr", "flush", "dev", "SOUND");
                up(commands, List.of()).apply(commands);
                host.run("ip", "link", "delete", "SOUND");
                up(commands, List.of()).apply(commands);

                assertThat(NetworkReport.read(commands, NET, List.of()).isWhole())
                        .isTrue();
            }
        }
    }

    private static NetworkPlan up(Commands commands, List<GuestPort> ports) {
        return NetworkPlan.up(NET, ports, NetworkState.read(commands, NET), Maker.COMMAND);
    }

    private static String picture(Commands commands) {
        String rules = commands.run("iptables-save") + commands.run("ip6tables-save");
        return commands.run("ip", "-j", "addr")
                + rules.replaceAll("(?m)^#.*\n", "").replaceAll("\\[.*]", "");
    }
}
