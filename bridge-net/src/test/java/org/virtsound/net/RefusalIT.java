package org.virtsound.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is in the way is named, with the next step, and nothing at all is changed. */
class RefusalIT {
    private static final SoundNetwork NET = SoundNetwork.DEFAULT;

    private final Namespace host = Namespace.create();

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void aBridgeWithAnotherAddress() {
        host.run("ip", "link", "add", "SOUND", "type", "bridge");
        host.run("ip", "addr", "add", "10.0.0.1/24", "dev", "SOUND");
        refused(
                "bridge SOUND exists, was not made by virt-sound and has 10.0.0.1/24 (expected: 10.47.13.1/29)",
                "ip addr add 10.47.13.1/29 dev SOUND");
    }

    @Test
    void aBridgeThatIsNone() {
        host.run("ip", "link", "add", "SOUND", "type", "veth", "peer", "name", "other");
        refused("device SOUND is not a bridge (expected: a bridge, or no such device)", "set network.bridge");
    }

    @Test
    void aTapThatIsNone() {
        host.run("ip", "tuntap", "add", "dev", "sound", "mode", "tun");
        refused("device sound is not a tap (expected: a tap, or no such device)", "ip link delete dev sound");
    }

    @Test
    void aForeignTap() {
        host.run("ip", "tuntap", "add", "dev", "sound", "mode", "tap");
        refused("tap sound exists, was not made by virt-sound", "ip link delete dev sound");
    }

    @Test
    void aSubnetThatARouteCoversAlready() {
        host.run("ip", "link", "add", "lan0", "type", "veth", "peer", "name", "lan1");
        host.run("ip", "addr", "add", "10.47.0.1/16", "dev", "lan0");
        host.run("ip", "link", "set", "lan0", "up");
        refused("subnet 10.47.13.0/29 overlaps the route to 10.47.0.0/16 over lan0", "set network.subnet");
    }

    @Test
    void aPortInUse() {
        try (Wire other = Wire.start(host, "serve", "0.0.0.0", "4713")) {
            refused("port 4713 is in use on 0.0.0.0", "ss -ltnp");
            assertThat(other.lines()).containsExactly("ready");
        }
    }

    @Test
    void aPortInUseOverIpv6() {
        try (Wire other = Wire.start(host, "serve6", "::", "4713")) {
            refused("port 4713 is in use on *", "ss -ltnp");
            assertThat(other.lines()).containsExactly("ready");
        }
    }

    @Test
    void aPortInUseOverIpv6AloneIsNotInTheWay() {
        try (Wire other = Wire.start(host, "serve6alone", "::", "4713")) {
            plan(host.commands()).apply(host.commands());
            assertThat(host.run("ip", "addr", "show", "SOUND")).contains("10.47.13.1/29");
            assertThat(other.lines()).containsExactly("ready");
        }
    }

    @Test
    void anUplinkThatTheHostUses() {
        host.run("ip", "link", "add", "eth1", "type", "veth", "peer", "name", "lan1");
        host.run("ip", "addr", "add", "192.168.1.2/24", "dev", "eth1");
        SoundNetwork network = new SoundNetwork("SOUND", "sound", NET.subnet(), 4713, false, "eth1", null);
        refused(network, host.commands(), "uplink eth1 is in use: it has 192.168.1.2/24", "set network.uplink");
    }

    @Test
    void noIptables() {
        Commands without = command -> {
            if (command.argv().get(0).startsWith("ip6tables")
                    || command.argv().get(0).startsWith("iptables")) {
                throw CommandFailure.missing(command, "No such file or directory");
            }
            return host.commands().run(command);
        };
        refused(
                NET,
                without,
                "the firewall cannot be read: 'iptables-save' could not be started",
                "install the package iptables");
    }

    @Test
    void noPermission() {
        Commands nobody = new LocalCommands(
                List.of(
                        "ip",
                        "netns",
                        "exec",
                        host.name(),
                        "setpriv",
                        "--reuid=65534",
                        "--regid=65534",
                        "--clear-groups"),
                "/usr/sbin:/usr/bin:/sbin:/bin",
                10_000);
        refused(NET, nobody, "the firewall cannot be read: 'iptables-save -c' failed", "run this as root");
    }

    @Test
    void aStepThatFailsTakesBackWhatThePlanMade() {
        String before = picture();
        Commands broken = command -> {
            if (command.stdin().contains("addr add")) {
                throw CommandFailure.failed(command, 2, "RTNETLINK answers: No buffer space available");
            }
            return host.commands().run(command);
        };
        NetworkPlan plan = NetworkPlan.up(NET, List.of(), NetworkState.read(broken, NET), Maker.COMMAND);

        assertThatThrownBy(() -> plan.apply(broken))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("ip -batch -")
                .hasMessageContaining("No buffer space available");
        assertThat(picture()).isEqualTo(before);
    }

    @Test
    void aBridgeThatSomebodyElseMakesMeanwhileStaysTheirs() {
        Commands raced = command -> {
            if (command.stdin().contains("name SOUND")) {
                host.run("ip", "link", "add", "SOUND", "type", "bridge");
            }
            return host.commands().run(command);
        };
        NetworkPlan plan = NetworkPlan.up(NET, List.of(), NetworkState.read(raced, NET), Maker.DAEMON);

        assertThatThrownBy(() -> plan.apply(raced))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("File exists");
        assertThat(host.run("ip", "link", "show", "dev", "SOUND")).contains("SOUND");
        host.run("ip", "link", "delete", "SOUND");
        plan(host.commands()).apply(host.commands());
        assertThat(host.run("ip", "link")).doesNotContain(UpPlan.NEW_BRIDGE);
    }

    @Test
    void aForeignBridgeThatFitsIsUsedAndNeverRemoved() {
        host.run("ip", "link", "add", "SOUND", "type", "bridge");
        host.run("ip", "addr", "add", "10.47.13.1/29", "dev", "SOUND");
        host.run("ip", "link", "set", "SOUND", "up");
        Commands commands = host.commands();
        plan(commands).apply(commands);
        assertThat(plan(commands).steps()).isEmpty();

        NetworkPlan.down(NET, NetworkState.read(commands, NET), Maker.COMMAND).apply(commands);

        assertThat(host.run("ip", "addr", "show", "SOUND")).contains("10.47.13.1/29");
        assertThat(host.run("ip", "link")).doesNotContain(" sound:");
    }

    @Test
    void theDaemonTakesAwayItsGuestsButNotWhatTheCommandMade() {
        GuestPort alice =
                new GuestPort("vnet0", new MacAddress("52:54:00:00:00:02"), Subnet.parseAddress("10.47.13.2"));
        host.guest("vnet0", "", alice.mac().text(), "");
        Commands commands = host.commands();
        plan(commands).apply(commands);
        NetworkPlan.up(NET, List.of(alice), NetworkState.read(commands, NET), Maker.DAEMON)
                .apply(commands);
        assertThat(NetworkState.read(commands, NET).guestPorts()).containsExactly(alice);

        NetworkPlan.down(NET, NetworkState.read(commands, NET), Maker.DAEMON).apply(commands);

        NetworkState state = NetworkState.read(commands, NET);
        assertThat(state.maker(NET)).contains(Maker.COMMAND);
        assertThat(state.guestPorts()).isEmpty();
        assertThat(plan(commands).steps()).isEmpty();
    }

    private NetworkPlan plan(Commands commands) {
        return NetworkPlan.up(NET, List.of(), NetworkState.read(commands, NET), Maker.COMMAND);
    }

    private void refused(String object, String next) {
        refused(NET, host.commands(), object, next);
    }

    private void refused(SoundNetwork network, Commands commands, String object, String next) {
        String before = picture();
        NetworkPlan plan = NetworkPlan.up(network, List.of(), NetworkState.read(commands, network), Maker.COMMAND);
        assertThat(plan.steps()).isEmpty();
        assertThatThrownBy(() -> plan.apply(commands))
                .isInstanceOf(NetworkException.class)
                .hasMessageContaining(object)
                .hasMessageContaining("expected: ")
                .hasMessageContaining(next);
        assertThat(picture()).isEqualTo(before);
    }

    private String picture() {
        String rules = host.run("iptables-save") + host.run("ip6tables-save");
        return host.run("ip", "-j", "addr")
                + rules.lines().filter(line -> line.startsWith("-")).toList();
    }
}
