package org.virtsound.plugin.provision;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BridgePortsTest {
    @TempDir
    Path devices;

    @Test
    void aPortThatJoinsOrIsMadeAgainIsAChange() throws IOException {
        BridgePorts ports = ports();
        port("vif7.0", 12, "up");
        assertThat(ports.changed()).isTrue();
        assertThat(ports.changed()).isFalse();

        port("vif7.0", 13, "up");
        assertThat(ports.changed()).isTrue();
    }

    @Test
    void aGuestThatTakesItsLinkUpAndDownIsNone() throws IOException {
        BridgePorts ports = ports();
        port("vif7.0", 12, "up");
        assertThat(ports.changed()).isTrue();

        port("vif7.0", 12, "down");
        assertThat(ports.changed()).isFalse();
    }

    @Test
    void theGuestsDriverTakingOverFromTheEmulatedNicIsOne() throws IOException {
        BridgePorts ports = ports();
        port("vif7.0", 12, "down");
        port("vif7.0-emu", 13, "unknown");
        assertThat(ports.changed()).isTrue();

        port("vif7.0", 12, "up");
        assertThat(ports.changed()).isTrue();
        assertThat(ports.changed()).isFalse();
    }

    private BridgePorts ports() throws IOException {
        Files.createDirectories(devices.resolve("SOUND/brif"));
        Files.writeString(devices.resolve("SOUND/ifindex"), "5\n");
        BridgePorts ports = new BridgePorts(devices, "SOUND");
        assertThat(ports.changed()).as("the bridge").isTrue();
        return ports;
    }

    private void port(String name, int ifindex, String operstate) throws IOException {
        Files.createDirectories(devices.resolve("SOUND/brif").resolve(name));
        Path device = Files.createDirectories(devices.resolve(name));
        Files.writeString(device.resolve("ifindex"), ifindex + "\n");
        Files.writeString(device.resolve("operstate"), operstate + "\n");
    }
}
