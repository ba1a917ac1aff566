package org.virtsound.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.virtsound.net.Namespace;

/** The built daemon beside the real firewalld; a machine behind the uplink is the guest. */
class FirewalldIT {
    private static final Duration SOON = Duration.ofSeconds(10);
    /** As in {@link OutsideMachinesIT}. */
    private static final Duration PUT_BACK = Duration.ofSeconds(15);

    private static final String MAC = "52:54:00:47:13:06";

    private final Host host = new Host();
    private final Namespace guest = host.namespace().guest("eth1", "", MAC, "10.47.13.6/29");

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    @Test
    void whereItDropsTheGuestsTheCommandIsNamedAndTheZoneOfTheConfigurationIsKept() throws Exception {
        Firewalld firewalld = host.with(new Firewalld(host, "nftables"));
        start("");
        assertThat(reaches()).as("through the zone public").isFalse();
        String mend = "firewall-cmd --zone=trusted --change-interface=SOUND";
        assertThat(host.virtSound("net", "status").output()).contains("firewalld", mend);
        assertThat(firewalld.cmd("--zone=trusted", "--change-interface=SOUND").exitCode())
                .isZero();
        assertThat(reaches()).as("after " + mend).isTrue();
        assertThat(host.virtSound("net", "status").output()).contains("all is as it should be");
        assertThat(firewalld.cmd("--zone=trusted", "--remove-interface=SOUND").exitCode())
                .isZero();
        host.daemon().destroy();
        host.daemon().waitFor();

        start("network.firewalld-zone = trusted");
        assertThat(reaches()).as("with the zone in the configuration").isTrue();
        assertThat(firewalld.cmd("--zone=trusted", "--remove-interface=SOUND").exitCode())
                .isZero();
        putBack(
                "the zone",
                () -> firewalld.cmd("--get-zone-of-interface=SOUND").output().contains("trusted"));
        assertThat(firewalld.cmd("--reload").output()).contains("success");
        putBack(
                "the zone after a reload",
                () -> firewalld.cmd("--get-zone-of-interface=SOUND").output().contains("trusted"));
        assertThat(reaches()).isTrue();

        host.daemon().destroy();
        host.daemon().waitFor();
        assertThat(firewalld.cmd("--zone=trusted", "--list-interfaces").output())
                .doesNotContain("SOUND");
    }

    @Test
    void whatItsReloadTakesAwayIsPutBack() throws Exception {
        Firewalld firewalld = host.with(new Firewalld(host, "iptables"));
        start("");
        assertThat(reaches()).isTrue();
        for (String reload : List.of("--reload", "--complete-reload")) {
            assertThat(firewalld.cmd(reload).output()).contains("success");
            System.out.println(
                    "firewall-cmd " + reload + " " + (host.rules().contains(MAC) ? "left" : "took") + " our rules");
            putBack(
                    "our rules after " + reload,
                    () -> host.virtSound("net", "status").exitCode() == 0);
            assertThat(reaches()).isTrue();
        }
    }

    private void start(String line) throws Exception {
        host.configure(
                        "libvirt-uri = \"test:///default\"",
                        "host-server = silence",
                        "network.uplink = eth1",
                        line,
                        "machine { desk { mac = \"" + MAC + "\", address = \"10.47.13.6\" } }")
                .start();
        await().atMost(SOON).until(() -> host.rules().contains(MAC));
    }

    private static void putBack(String what, Callable<Boolean> isThere) {
        long start = System.nanoTime();
        await().atMost(PUT_BACK).until(isThere);
        System.out.printf("%s: there again within %.1f s%n", what, (System.nanoTime() - start) / 1e9);
    }

    private boolean reaches() {
        List<String> command = new ArrayList<>(guest.prefix());
        command.addAll(
                List.of("env", "HOME=/nonexistent", "timeout", "2", "pactl", "-s", "tcp:10.47.13.1:4713", "info"));
        return Processes.ended(command).exitCode() == 0;
    }
}
