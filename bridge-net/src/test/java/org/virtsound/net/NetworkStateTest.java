package org.virtsound.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.virtsound.net.NetworkState.Entry;

class NetworkStateTest {
    @Test
    void anEntryThatIsListedForEachVlanIsOne() {
        // As Debian 12's kernel has it: deleting the first takes the second away, so deleting both fails.
        String listed = """
                [{"mac":"33:33:00:00:00:01","ifname":"SOUND","flags":["self"],"state":"permanent"},
                 {"mac":"00:16:3e:47:13:02","ifname":"vif1.0","vlan":1,"flags":["sticky"],"master":"SOUND","state":"static"},
                 {"mac":"00:16:3e:47:13:02","ifname":"vif1.0","flags":["sticky"],"master":"SOUND","state":"static"},
                 {"mac":"fe:ff:ff:ff:ff:ff","ifname":"vif1.0","vlan":1,"flags":[],"master":"SOUND","state":"permanent"}]
                """;

        assertThat(NetworkState.entries(listed)).containsExactly(new Entry("vif1.0", "00:16:3e:47:13:02", true));
    }
}
