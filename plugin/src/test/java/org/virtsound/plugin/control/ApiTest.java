package org.virtsound.plugin.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.virtsound.plugin.domain.Domain;
import org.virtsound.plugin.domain.Transport;
import org.virtsound.plugin.provision.GuestView;

class ApiTest {
    @Test
    void eachHypervisorsOneThatIsMeantIsFoundAsVirshWould() {
        GuestView year = guest("qemu:///system", 5, "2024");
        GuestView three = guest("qemu:///system", 6, "3");
        GuestView win = guest("qemu:///system", 3, "win");
        GuestView container = guest("lxc:///system", 3, "box");

        assertThat(meant("2024", year, three, win, container)).containsExactly(year);
        assertThat(meant("3", year, three, win)).containsExactly(win);
        assertThat(meant("3", year, three, win, container)).containsExactlyInAnyOrder(win, container);
        assertThat(meant(container.domain().uuid().toString(), year, three, win, container))
                .containsExactly(container);
        assertThat(meant("4", year, three, win, container)).isEmpty();
    }

    @Test
    void whatIsNotServedMayBeShutOffOrWithoutSound() {
        assertThat(Api.unknown("win").body())
                .contains("virsh start win", "virt-sound enable win", "virt-sound doctor win");
        assertThat(Api.unknown("local/win").body())
                .contains("no local endpoint win", "virt-sound local list")
                .doesNotContain("virsh");
    }

    private static List<GuestView> meant(String reference, GuestView... guests) {
        return Api.meant(Stream.of(guests), reference);
    }

    private static GuestView guest(String uri, int id, String name) {
        UUID uuid = UUID.nameUUIDFromBytes((uri + name).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        Domain domain = new Domain(uuid, name, null, id, "kvm", List.of(), null, false, List.of(), null, null, null);
        return new GuestView(domain, uri, Transport.NETWORK, null, null, null, null, List.of());
    }
}
