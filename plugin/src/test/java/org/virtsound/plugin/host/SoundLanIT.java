package org.virtsound.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtsound.net.Commands;
import org.virtsound.net.DhcpServer;
import org.virtsound.net.GuestPort;
import org.virtsound.net.MacAddress;
import org.virtsound.net.Namespace;
import org.virtsound.net.NetworkReport;
import org.virtsound.net.SoundNetwork;
import org.virtsound.net.Subnet;
import org.virtsound.plugin.provision.SoundLan;

class SoundLanIT {
    private static final SoundNetwork NET = SoundNetwork.DEFAULT;

    @TempDir
    Path dir;

    @Test
    void aPortThatGoesWhileItIsSetUpIsNoTroubleOfItsNeighbours() {
        try (Namespace host = Namespace.create()) {
            GuestPort ending = port(host, "vnet0", 2);
            GuestPort staying = port(host, "vnet1", 3);
            AtomicBoolean gone = new AtomicBoolean();
            Commands commands = command -> {
                if (command.shell().contains("link set dev vnet0 ") && gone.compareAndSet(false, true)) {
                    host.commands().run("ip", "link", "delete", "vnet0");
                }
                return host.commands().run(command);
            };
            SoundLan lan = new SoundLan(NET, commands, new DhcpServer(dir));

            assertThat(lan.apply(List.of(ending, staying))).containsOnlyKeys(ending);

            assertThat(gone).isTrue();
            assertThat(NetworkReport.read(host.commands(), NET, List.of(staying))
                            .isWhole())
                    .isTrue();
            lan.down();
        }
    }

    @Test
    void aPassThatComesLateMakesNothingOfWhatWasTakenDownAgain() {
        try (Namespace host = Namespace.create()) {
            SoundLan lan = new SoundLan(NET, host.commands(), new DhcpServer(dir));
            lan.apply(List.of());
            assertThat(host.run("ip", "link")).contains(" SOUND:");
            lan.down();

            assertThat(lan.apply(List.of(port(host, "vnet0", 2)))).isEmpty();

            assertThat(host.run("ip", "link")).doesNotContain(" SOUND:");
        }
    }

    @Test
    void aPassThatComesLateChangesNothingOfWhatIsLeftToTheNextDaemon() {
        try (Namespace host = Namespace.create()) {
            SoundLan lan = new SoundLan(NET, host.commands(), new DhcpServer(dir));
            lan.apply(List.of());
            GuestPort port = port(host, "vnet0", 2);
            lan.leave();

            assertThat(lan.apply(List.of(port))).isEmpty();

            assertThat(host.run("ip", "link", "show", "dev", "vnet0")).doesNotContain("master");
        }
    }

    private static GuestPort port(Namespace host, String device, int number) {
        MacAddress mac = new MacAddress("52:54:00:00:00:0" + number);
        host.guest(device, "", mac.text(), "");
        host.commands().run("ip", "link", "set", device, "up");
        return new GuestPort(device, mac, Subnet.parseAddress("10.47.13." + number));
    }
}
