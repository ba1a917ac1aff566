package org.virtsound.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet4Address;
import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.virtsound.net.AddressChoice.Chosen;
import org.virtsound.net.AddressChoice.Refused;

class AddressChoiceTest {
    private static final Subnet SMALL = Subnet.parse("10.47.13.0/29");

    @Test
    void theLowestFreeAddressIsGivenAndTheSixthGuestOfFiveIsToldWhy() {
        Set<Inet4Address> taken = new HashSet<>();
        for (int n = 2; n <= 6; n++) {
            AddressChoice choice = AddressChoice.of(SMALL, null, taken);
            assertThat(choice).isEqualTo(new Chosen(Subnet.parseAddress("10.47.13." + n)));
            taken.add(((Chosen) choice).address());
        }
        assertThat(AddressChoice.of(SMALL, null, taken))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.problem())
                                .hasToString(
                                        "subnet 10.47.13.0/29 is full: it has room for 5 guests (expected: a free address);"
                                                + " stop a guest, or set network.subnet to a larger one, such as \"10.47.12.0/24\""));

        taken.remove(Subnet.parseAddress("10.47.13.4"));
        assertThat(AddressChoice.of(SMALL, null, taken)).isEqualTo(new Chosen(Subnet.parseAddress("10.47.13.4")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.47.13.0", "10.47.13.1", "10.47.13.7", "10.47.13.8", "192.168.1.2"})
    void anAddressThatNoGuestMayHaveIsRefusedByName(String asked) {
        assertThat(AddressChoice.of(SMALL, Subnet.parseAddress(asked), Set.of()))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.problem().object()).contains(asked));
    }

    @Test
    void anotherGuestsAddressIsRefusedAndAFreeOneIsGivenAsAsked() {
        Inet4Address three = Subnet.parseAddress("10.47.13.3");
        assertThat(AddressChoice.of(SMALL, three, Set.of(three))).isInstanceOf(Refused.class);
        assertThat(AddressChoice.of(SMALL, three, Set.of())).isEqualTo(new Chosen(three));
    }

    @Property(tries = 15)
    void everyAddressOfASubnetIsGivenOnceAndNoneTwice(@ForAll @IntRange(min = 22, max = 30) int prefix) {
        Subnet subnet = Subnet.parse("10.200.0.0/" + prefix);
        Set<Inet4Address> taken = new HashSet<>();
        while (AddressChoice.of(subnet, null, taken) instanceof Chosen chosen) {
            assertThat(subnet.isForGuest(chosen.address())).isTrue();
            assertThat(taken.add(chosen.address())).isTrue();
        }
        assertThat(taken).hasSize(subnet.guests());
    }

    @ParameterizedTest
    @CsvSource({
        "8.8.8.0/29, is public",
        "172.32.0.0/29, is public",
        "10.0.0.0/15, has prefix /15",
        "10.0.0.0/31, has prefix /31",
        "10.47.13.7/29, first or last number",
        "10.47.13.0, has no prefix",
        "10.47.13.300/29, four numbers",
        "10.47.13.01/29, four numbers",
        "sound/29, four numbers",
    })
    void anUnusableSubnetIsRefusedWithTheReason(String subnet, String reason) {
        assertThatThrownBy(() -> Subnet.parse(subnet))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason)
                .hasMessageContaining("expected");
    }

    @Test
    void theHostTakesTheFirstAddressOrTheOneThatIsWritten() {
        assertThat(SMALL.host()).isEqualTo(Subnet.parseAddress("10.47.13.1"));
        assertThat(Subnet.parse("10.47.13.6/29").host()).isEqualTo(Subnet.parseAddress("10.47.13.6"));
        assertThat(Subnet.parse("10.47.13.6/29")).hasToString("10.47.13.0/29");
        assertThat(AddressChoice.of(Subnet.parse("10.47.13.6/29"), null, Set.of()))
                .isEqualTo(new Chosen(Subnet.parseAddress("10.47.13.1")));
    }
}
