package org.virtsound.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What cannot work is refused by a clear line and a proper exit code, and nothing is left half done. */
class RefusalsIT {
    private final Host host = new Host("host-server = silence");

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    @Test
    void anOldJavaIsNamedWithTheOneThatIsNeeded() throws Exception {
        Path home = host.directory().resolve("jre");
        Files.createDirectories(home.resolve("bin"));
        Path java = Files.writeString(home.resolve("bin/java"), "#!/bin/sh\necho started\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Debian\"\nJAVA_VERSION=\"11.0.20\"\n");

        Processes.Ended ended = Processes.ended(List.of("env", "JAVA_HOME=" + home, host.command(), "list"));

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.output()).isEmpty();
        assertThat(ended.errors())
                .contains(java + " is Java 11 (expected: 17 or newer)", "apt install")
                .hasLineCount(1);
    }

    @Test
    void withoutIptablesNothingIsMade() throws Exception {
        String before = host.namespace().run("ip", "-br", "link");
        Path hidden = Files.createDirectories(host.directory().resolve("hidden"));
        Path work = Files.createDirectories(host.directory().resolve("work"));
        String hide = "mount -t overlay -o lowerdir=/usr/sbin,upperdir=" + hidden + ",workdir=" + work
                + " overlay /usr/sbin && rm -f /usr/sbin/iptables* /usr/sbin/ip6tables* && exec \"$@\"";
        List<String> command = new ArrayList<>(host.namespace().prefix());
        command.addAll(List.of("unshare", "-m", "sh", "-c", hide, "sh"));
        List<String> up = new ArrayList<>(command);
        up.addAll(List.of(host.command(), "net", "up", "--config", host.config().toString()));
        List<String> daemon = new ArrayList<>(command);
        String virtsoundd = Path.of(host.command()).resolveSibling("virtsoundd").toString();
        daemon.addAll(List.of(virtsoundd, "--config", host.config().toString()));

        for (List<String> each : List.of(up, daemon)) {
            Processes.Ended ended = Processes.ended(each);
            assertThat(ended.exitCode()).isEqualTo(1);
            assertThat(ended.errors()).contains("the firewall cannot be read", "install the package iptables");
            assertThat(host.namespace().run("ip", "-br", "link")).isEqualTo(before);
            assertThat(host.directory().resolve("run")).doesNotExist();
        }
    }

    @Test
    void aKeyOfAnotherVersionIsNamedWithTheNearestOneThatThereIs() throws Exception {
        host.configure("audio { latency = 30 }");
        host.start();

        assertThat(host.daemon().waitFor()).isEqualTo(2);
        assertThat(host.logged()).contains("unknown key audio.latency", "the nearest known one is audio.latency-ms");
        assertThat(host.directory().resolve("run")).doesNotExist();
    }

    @Test
    void theNetworkGoesWhateverTheConfigurationHasComeTo() throws Exception {
        String before = host.namespace().run("ip", "-br", "link");
        host.configure("network { bridge = snd0, tap = snd1, dhcp = no }");
        assertThat(host.virtSound("net", "up").errors()).isEmpty();

        // Where the configuration does not say it, the daemon is asked for at the usual place: not this machine's own.
        List<String> command = new ArrayList<>(host.namespace().prefix());
        command.addAll(List.of("unshare", "-m", "sh", "-c", "mount -t tmpfs none /run && exec \"$@\"", "sh"));
        command.addAll(
                List.of(host.command(), "net", "down", "--config", host.config().toString()));
        for (String wrong : List.of("network { brigde = snd0 }", "network { bridge = snd0", "network.port = none")) {
            host.configure(wrong);
            assertThat(host.virtSound("net", "up").exitCode()).isEqualTo(2);
            List<String> dry = new ArrayList<>(command);
            dry.add("--dry-run");
            assertThat(Processes.ended(dry).output()).contains("snd0", "snd1");
        }
        Processes.Ended down = Processes.ended(command);

        assertThat(down.exitCode()).as(down.errors()).isZero();
        assertThat(down.errors()).contains("virt-sound.conf", "network.port");
        assertThat(host.namespace().run("ip", "-br", "link")).isEqualTo(before);
        assertThat(host.rules()).doesNotContain("virt-sound", "4713");
    }

    @Test
    void anInstallationThatDoesNotFitOnTheDiskLeavesNothing() throws Exception {
        Path root = Path.of(System.getProperty("virtsound.basedir", "..")).toAbsolutePath();
        // The script builds what is older than the sources; what is there was built a moment ago.
        Files.setLastModifiedTime(root.resolve("plugin/target/dist/bin/virtsoundd"), FileTime.from(Instant.now()));
        Path disk = Files.createDirectories(host.directory().resolve("disk"));
        String script = "mount -t tmpfs -o size=2m none " + disk + " && env DESTDIR=" + disk + " "
                + root.resolve("scripts/install") + "; code=$?; find " + disk + " -type f; exit $code";

        Processes.Ended ended = Processes.ended(List.of("unshare", "-m", "sh", "-c", script));

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.errors()).contains("No space left on device", "nothing was changed");
        assertThat(ended.output()).isEmpty();
    }
}
