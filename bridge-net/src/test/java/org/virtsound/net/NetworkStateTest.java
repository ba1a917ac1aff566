package org.virtsound.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.virtsound.net.NetworkState.Entry;
import org.virtsound.net.NetworkState.Route;

class NetworkStateTest {
    @Test
    void anEntryThatIsListedForEachVlanIsOne() {
        // As Debian 12's kernel has it: deleting the first takes the second away, so deleting both fails.
        String listed = """
                [{"ifname":"vif1.0","master":"SOUND","locked":true}]
                [{"mac":"33:33:00:00:00:01","ifname":"SOUND","flags":["self"],"state":"permanent"},\
                {"mac":"00:16:3e:47:13:02","ifname":"vif1.0","vlan":1,"flags":["sticky"],"master":"SOUND","state":"static"},\
                {"mac":"00:16:3e:47:13:02","ifname":"vif1.0","flags":["sticky"],"master":"SOUND","state":"static"},\
                {"mac":"fe:ff:ff:ff:ff:ff","ifname":"vif1.0","vlan":1,"flags":[],"master":"SOUND","state":"permanent"}]
                """;
        NetworkState state = NetworkState.read(
                command -> switch (command.argv().get(0)) {
                    case "ip" ->
                        command.argv().contains("-d")
                                ? "[{\"ifname\":\"SOUND\",\"linkinfo\":{\"info_kind\":\"bridge\"}}]\n[]\n"
                                : "[{\"ifname\":\"SOUND\"},{\"ifname\":\"vif1.0\",\"master\":\"SOUND\"}]\n[]\n";
                    case "bridge" -> listed;
                    default -> "";
                },
                new SoundNetwork("SOUND", "sound0", Subnet.parse("10.47.13.0/29"), 4713, true, null, null));

        assertThat(state.entries()).containsExactly(new Entry("vif1.0", "00:16:3e:47:13:02", true));
    }

    @Test
    void aDefaultRouteInPiecesIsInNobodysWay() {
        Subnet subnet = Subnet.parse("10.47.13.0/29");
        assertThat(new Route("default", "eth0").overlaps(subnet)).isFalse();
        assertThat(new Route("0.0.0.0/1", "tun0").overlaps(subnet)).isFalse();
        assertThat(new Route("8.0.0.0/5", "wg0").overlaps(subnet)).isFalse();
        assertThat(new Route("10.0.0.0/7", "wg0").overlaps(subnet)).isFalse();

        assertThat(new Route("10.0.0.0/8", "tun0").overlaps(subnet)).isTrue();
        assertThat(new Route("10.47.13.2", "tun0").overlaps(subnet)).isTrue();
        assertThat(new Route("10.48.0.0/16", "tun0").overlaps(subnet)).isFalse();
    }
}
