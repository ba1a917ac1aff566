package org.virtsound.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FirewalldZoneTest {
    private static final SoundNetwork PLAIN = SoundNetwork.DEFAULT;
    private static final SoundNetwork ZONED =
            new SoundNetwork("SOUND", "sound", PLAIN.subnet(), PLAIN.port(), false, null, "trusted");

    @Test
    void itsAnswerIsReadAndNoAnswerMeansThatItDoesNotRun() {
        assertThat(FirewalldZone.read(command -> "s \"trusted\"\n", "SOUND")).isEqualTo("trusted");
        assertThat(FirewalldZone.read(command -> "s \"\"\n", "SOUND")).isEmpty();
        assertThat(FirewalldZone.read(
                        command -> {
                            throw CommandFailure.failed(command, 1, "Unit dbus-org.fedoraproject.FirewallD1.service");
                        },
                        "SOUND"))
                .isNull();
    }

    @Test
    void theBridgeIsPutInTheZoneThatIsNamedAndTakenOutOfThatOneOnly() {
        assertThat(FirewalldZone.up(ZONED, "public"))
                .hasValueSatisfying(step -> assertThat(step.command())
                        .isEqualTo(Command.of("firewall-cmd", "--zone=trusted", "--change-interface=SOUND")));
        assertThat(FirewalldZone.up(ZONED, "trusted")).isEmpty();
        assertThat(FirewalldZone.up(ZONED, null)).as("it does not run").isEmpty();
        assertThat(FirewalldZone.up(PLAIN, "public")).as("no zone is named").isEmpty();

        assertThat(FirewalldZone.down(ZONED, "trusted"))
                .hasValueSatisfying(step -> assertThat(step.command())
                        .isEqualTo(Command.of("firewall-cmd", "--zone=trusted", "--remove-interface=SOUND")));
        assertThat(FirewalldZone.down(ZONED, "public")).isEmpty();
        assertThat(FirewalldZone.down(PLAIN, "trusted")).isEmpty();
    }
}
