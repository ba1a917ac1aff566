package org.virtsound.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.virtsound.net.Namespace;

/** The way that the README shows: from a host without anything to a guest that got its address by DHCP, and back. */
class FirstGuestIT {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Host host = new Host();

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    @Test
    void aNewUserComesFromAnEmptyHostToAGuestWithItsAddressAndBackToAnEmptyHost() throws Exception {
        SessionLibvirtd libvirtd = host.with(new SessionLibvirtd(host.directory()));
        host.configure("libvirt-uri = \"" + libvirtd.uri() + "\"", "host-server = silence", "network.dhcp = yes");
        String linksBefore = host.namespace().run("ip", "-br", "addr");
        String rulesBefore = host.rules();

        assertThat(run("net", "plan")).contains("ip -batch");
        assertThat(host.namespace().run("ip", "-br", "addr")).isEqualTo(linksBefore);
        run("net", "up");
        assertThat(run("net", "plan")).isEmpty();
        assertThat(run("net", "status")).contains("all is as it should be");
        host.start();

        DomainFile file = DomainFile.guest(2).withoutAudio();
        libvirtd.virsh("define", file.write(host.directory()).toString());
        run("enable", file.name());
        libvirtd.virsh("start", file.name());
        Namespace guest = host.namespace().guest(file.device(), "SOUND", file.mac(), "");
        await().atMost(SOON).until(() -> run("list").contains("10.47.13.2"));
        await().atMost(SOON).until(() -> List.of().equals(host.show(file.name()).get("problems")));
        askForAddress(guest);
        assertThat(guest.run("ip", "-br", "addr", "show", "eth0")).contains("10.47.13.2/29");
        assertThat(guest.run("ip", "route")).doesNotContain("default");
        assertThat(guest.run("env", "HOME=/nonexistent", "PULSE_SERVER=tcp:10.47.13.1:4713", "pactl", "info"))
                .contains("Default Sink: virt-sound");

        List<ProcessHandle> watch = host.daemon()
                .descendants()
                .filter(child -> child.info().commandLine().orElse("").contains("monitor link"))
                .toList();
        assertThat(watch).as("what tells of new ports").isNotEmpty();
        host.daemon().destroyForcibly().waitFor();
        await("nothing that watches is left")
                .atMost(SOON)
                .until(() -> watch.stream().noneMatch(ProcessHandle::isAlive));
        ProcessHandle stray = ProcessHandle.of(
                        Long.parseLong(Files.readString(host.directory().resolve("run/dnsmasq.pid"))
                                .strip()))
                .orElseThrow();
        assertThat(stray.isAlive()).as("dnsmasq goes on without the daemon").isTrue();
        libvirtd.virsh("destroy", file.name());
        guest.run("ip", "link", "delete", "eth0");
        run("net", "down");
        // Its parent is gone: whoever took it over has to see that it ended.
        await("dnsmasq after net down").atMost(SOON).until(() -> !stray.isAlive());
        assertThat(host.namespace().run("ip", "-br", "addr")).isEqualTo(linksBefore);
        assertThat(host.rules()).isEqualTo(rulesBefore);
    }

    /** As a guest's own network service does it. */
    private void askForAddress(Namespace guest) throws Exception {
        Path script = Files.writeString(
                host.directory().resolve("bound"),
                "#!/bin/sh\n[ $1 != bound ] || ip addr add $ip/$mask dev $interface\n"
                        + "[ -z \"$router$dns\" ] || ip route add default via $router\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        guest.run("busybox", "udhcpc", "-i", "eth0", "-n", "-q", "-f", "-t", "5", "-T", "1", "-s", script.toString());
    }

    private String run(String... words) {
        Processes.Ended ended = host.virtSound(words);
        assertThat(ended.exitCode()).as(String.join(" ", words) + ": " + ended).isZero();
        return ended.output();
    }
}
