package org.virtsound.plugin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtsound.net.Namespace;
import org.virtsound.plugin.host.Processes;

/** What the guest's script asks of each that keeps addresses: in a root of its own, of commands that only note what they were asked. */
class GuestScriptIT {
    private static final String MAC = "52:54:00:00:00:02";
    private static final String NETWORKD = "etc/systemd/network/05-virt-sound.network";

    @TempDir
    Path root;

    private Namespace guest;

    @BeforeEach
    void makeGuest() throws IOException {
        guest = Namespace.create();
        guest.run("ip", "link", "add", "ens4", "address", MAC, "type", "bridge");
        for (String made : List.of("etc", "proc", "sys", "dev", "usr", "fakes")) {
            Files.createDirectory(root.resolve(made));
        }
        for (String link : List.of("bin", "lib", "lib64")) {
            Files.createSymbolicLink(root.resolve(link), Path.of("usr", link));
        }
        Files.createDirectories(root.resolve("run/systemd/netif")); // on every machine with systemd
        fake("nmcli", "exit 8"); // not running
        fake("systemctl", "exit 3"); // not active
        fake("networkctl", "exit 1");
        fake("ifup", "");
        fake("ifdown", "");
    }

    @AfterEach
    void close() {
        guest.close();
    }

    /** A command in place of the guest's own: a line in /asked with its words, each in brackets, and what {@code then} does. */
    private void fake(String name, String then) throws IOException {
        Path file = root.resolve("fakes").resolve(name);
        Files.writeString(
                file, "#!/bin/sh\n{ printf %s " + name + "; printf ' [%s]' \"$@\"; echo; } >> /asked\n" + then);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static String script(boolean dhcp) throws Failure {
        return new GuestFiles(new Fields(Map.of(
                        "name",
                        "guest2",
                        "server",
                        "tcp:10.47.13.1:4713",
                        "mac",
                        MAC,
                        "address",
                        "10.47.13.2",
                        "prefix",
                        29,
                        "dhcp",
                        dhcp)))
                .script();
    }

    /** Runs the script for programs without a sound server, which must succeed. @return what it asked of the fakes */
    private List<String> run(String script) throws IOException {
        Processes.Ended ended = run(script, "client");
        assertThat(ended.exitCode()).as(ended.toString()).isZero();
        return Files.readAllLines(root.resolve("asked"));
    }

    private Processes.Ended run(String script, String kind) throws IOException {
        Files.deleteIfExists(root.resolve("asked"));
        Files.writeString(root.resolve("guest.sh"), script);
        List<String> words = new ArrayList<>(guest.prefix());
        words.addAll(List.of("unshare", "-m", "--propagation", "private", "sh", "-c"));
        words.add("cd \"$1\" && mount --rbind /usr usr && mount --rbind /dev dev && mount -t proc proc proc"
                + " && mount -t sysfs sys sys && exec chroot . env -i PATH=/fakes:/usr/sbin:/usr/bin sh -c 'umask 077; sh /guest.sh "
                + kind + "'");
        words.addAll(List.of("sh", root.toString()));
        return Processes.ended(words);
    }

    @Test
    void networkdIsAskedWhereItRunsAndItsFileGoesBeforeThoseOfImages() throws Exception {
        Path older = root.resolve("etc/systemd/network/10-virt-sound.network");
        Files.createDirectories(older.getParent());
        Files.createFile(older);
        fake("systemctl", "");
        fake("networkctl", "");

        assertThat(run(script(false))).contains("networkctl [reload]");

        assertThat(root.resolve(NETWORKD)).content().contains("MACAddress=" + MAC, "Address=10.47.13.2/29");
        assertThat(older).doesNotExist();
        for (String read : List.of(NETWORKD, "etc/pulse/client.conf.d", "etc/pulse/client.conf.d/virt-sound.conf")) {
            assertThat(Files.getPosixFilePermissions(root.resolve(read)))
                    .as(read)
                    .contains(PosixFilePermission.OTHERS_READ);
        }
    }

    @Test
    void whereNetworkdIsOnlyInstalledIfupdownIsAsked() throws Exception {
        Path older = root.resolve("etc/systemd/network/10-virt-sound.network");
        Files.createDirectories(older.getParent());
        Files.createFile(older);

        assertThat(run(script(true))).contains("ifup [ens4]").noneMatch(line -> line.startsWith("networkctl"));

        assertThat(root.resolve("etc/network/interfaces.d/virt-sound"))
                .content()
                .contains("iface ens4 inet dhcp");
        assertThat(root.resolve(NETWORKD)).doesNotExist();
        assertThat(older).doesNotExist();
    }

    @Test
    void ifupdownTakesUpAnAddressThatHasChanged() throws Exception {
        fake("ifup", "ip address replace 10.47.13.2/29 dev $1");
        assertThat(run(script(false))).endsWith("ifdown [--force] [ens4]", "ifup [ens4]");
        assertThat(run(script(false))).contains("ifup [ens4]").noneMatch(line -> line.startsWith("ifdown"));

        fake("ifup", "");
        assertThat(run(script(true))).endsWith("ifdown [--force] [ens4]", "ifup [ens4]");

        assertThat(guest.run("ip", "-4", "address", "show", "dev", "ens4")).doesNotContain("10.47.13.2");
    }

    @Test
    void networkManagerKnowsTheCardByItsMacAndKeepsNoAddressOfBefore() throws Exception {
        fake("nmcli", "");
        assertThat(run(script(false)))
                .contains("nmcli [connection] [add] [type] [ethernet] [con-name] [virt-sound] [ifname] [*] [mac] ["
                        + MAC + "]")
                .anyMatch(line -> line.contains("[ipv4.method] [manual] [ipv4.addresses] [10.47.13.2/29]"))
                .endsWith("nmcli [connection] [up] [virt-sound]");

        fake("nmcli", "case $* in *' show') echo virt-sound ;; esac");
        assertThat(run(script(true)))
                .noneMatch(line -> line.contains("[add]"))
                .anyMatch(line -> line.contains("[ipv4.method] [auto] [ipv4.addresses] [] ")
                        && line.contains("[connection.interface-name] [] [802-3-ethernet.mac-address] [" + MAC + "]"));
    }

    @Test
    void aPulseAudioThatDoesNotKnowItsFileIsRefused() throws Exception {
        Files.createDirectory(root.resolve("etc/pulse"));
        Files.writeString(root.resolve("etc/pulse/default.pa"), ".include /etc/pulse/default.pa.d\n");
        Path file = root.resolve("etc/pulse/default.pa.d/virt-sound.pa");

        for (String version : List.of("14.2", "15.0")) {
            fake("pulseaudio", "echo pulseaudio " + version);
            assertThat(run(script(false), "pulseaudio").errors()).contains("expected: PulseAudio 16 or newer");
            assertThat(file).doesNotExist();
        }
        for (String version : List.of("15.99.1", "16.1", "17.0-60-gb7f1")) {
            Files.deleteIfExists(file);
            fake("pulseaudio", "echo pulseaudio " + version);
            assertThat(run(script(false), "pulseaudio").exitCode()).isZero();
            assertThat(file).content().contains("reconnect_interval_ms");
        }
    }
}
