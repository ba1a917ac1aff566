package org.virtsound.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DhcpServerIT {
    private static final SoundNetwork NET = SoundNetwork.DEFAULT.withDhcp(true);
    private static final GuestPort ALICE = port("vnet0", 2);
    private static final GuestPort BOB = port("vnet1", 3);

    @TempDir
    private Path directory;

    @TempDir
    private Path scripts;

    @Test
    void aGuestGetsItsOwnAddressAndNothingThatDisturbsItsRealNetwork() {
        try (Namespace host = Namespace.create();
                DhcpServer dhcp = new DhcpServer(host.prefix(), directory)) {
            Namespace alice = host.guest(ALICE.device(), "", ALICE.mac().text(), "");
            Namespace bob = host.guest(BOB.device(), "", BOB.mac().text(), "");
            serve(host, dhcp, List.of(ALICE));

            assertThat(ask(alice)).contains("ip=10.47.13.2", "mask=29").doesNotContain("router=", "dns=");
            assertThat(ask(bob)).as("a guest that is not known").doesNotContain("ip=");

            serve(host, dhcp, List.of(ALICE, BOB));
            assertThat(ask(bob)).contains("ip=10.47.13.3");

            serve(host, dhcp, List.of(BOB));
            assertThat(ask(alice)).as("a guest that is known no more").doesNotContain("ip=");
        }
    }

    @Test
    void itIsStartedAgainWhenItDiesOrTheBridgeIsMadeAnew() {
        try (Namespace host = Namespace.create();
                DhcpServer dhcp = new DhcpServer(host.prefix(), directory)) {
            Namespace alice = host.guest(ALICE.device(), "", ALICE.mac().text(), "");
            serve(host, dhcp, List.of(ALICE));
            assertThat(ask(alice)).contains("ip=10.47.13.2");

            ProcessHandle.of(pid()).orElseThrow().destroyForcibly();
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                serve(host, dhcp, List.of(ALICE));
                return ask(alice).contains("ip=10.47.13.2");
            });

            host.run("ip", "link", "delete", "dev", "SOUND");
            serve(host, dhcp, List.of(ALICE));
            assertThat(ask(alice)).contains("ip=10.47.13.2");
        }
    }

    @Test
    void oneThatAKilledDaemonLeftIsEndedAndNoneIsLeftAtTheEnd() {
        try (Namespace host = Namespace.create()) {
            DhcpServer killed = new DhcpServer(host.prefix(), directory);
            serve(host, killed, List.of(ALICE));
            await().until(() -> Files.exists(directory.resolve("dnsmasq.pid")));
            ProcessHandle stray = ProcessHandle.of(pid()).orElseThrow();

            try (DhcpServer next = new DhcpServer(host.prefix(), directory)) {
                serve(host, next, List.of(ALICE));
                await().until(() -> Files.exists(directory.resolve("dnsmasq.pid")));
                assertThat(stray.isAlive()).isFalse();
                assertThat(pid()).isNotEqualTo(stray.pid());
            }
            assertThat(directory).isEmptyDirectory();
        }
    }

    private long pid() {
        try {
            return Long.parseLong(
                    Files.readString(directory.resolve("dnsmasq.pid")).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void serve(Namespace host, DhcpServer dhcp, List<GuestPort> ports) {
        assumeTrue(DhcpServer.isInstalled(), "dnsmasq is not installed");
        Commands commands = host.commands();
        NetworkPlan plan = NetworkPlan.up(NET, ports, NetworkState.read(commands, NET), Maker.DAEMON);
        plan.apply(commands);
        dhcp.serve(NET, ports, NetworkState.read(commands, NET));
    }

    /** What busybox' client was given, as its script's variables; it asks three times, a second apart. */
    private String ask(Namespace guest) {
        assumeTrue(LocalCommands.find("busybox").isPresent(), "busybox is not installed");
        try {
            Path script = Files.writeString(scripts.resolve("told"), "#!/bin/sh\n[ $1 != bound ] || env\n");
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
            return guest.run(
                    "busybox", "udhcpc", "-i", "eth0", "-n", "-q", "-f", "-t", "3", "-T", "1", "-s", script.toString());
        } catch (CommandFailure noLease) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static GuestPort port(String device, int number) {
        return new GuestPort(
                device, new MacAddress("52:54:00:00:00:0" + number), Subnet.parseAddress("10.47.13." + number));
    }
}
