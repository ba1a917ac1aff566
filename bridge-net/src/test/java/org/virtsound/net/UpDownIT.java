package org.virtsound.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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

    private static NetworkPlan up(Commands commands, List<GuestPort> ports) {
        return NetworkPlan.up(NET, ports, NetworkState.read(commands, NET), Maker.COMMAND);
    }

    private static String picture(Commands commands) {
        String rules = commands.run("iptables-save") + commands.run("ip6tables-save");
        return commands.run("ip", "-j", "addr")
                + rules.replaceAll("(?m)^#.*\n", "").replaceAll("\\[.*]", "");
    }
}
