package org.virtsound.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
        Path home = jre("11.0.20");

        Processes.Ended ended = Processes.ended(List.of("env", "JAVA_HOME=" + home, host.command(), "list"));

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.output()).isEmpty();
        assertThat(ended.errors())
                .contains(home.resolve("bin/java") + " is Java 11 (expected: 17 or newer)", "apt install")
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
        Path disk = Files.createDirectories(host.directory().resolve("disk"));
        String script = "mount -t tmpfs -o size=2m none " + disk + " && env DESTDIR=" + disk + " " + installer()
                + "; code=$?; find " + disk + " -type f; exit $code";

        Processes.Ended ended = Processes.ended(List.of("unshare", "-m", "sh", "-c", script));

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.errors()).contains("No space left on device", "nothing was changed");
        assertThat(ended.output()).isEmpty();
    }

    @Test
    void anInstallationOverOneThatFailsLeavesTheEarlierOne() throws Exception {
        Path disk = Files.createDirectories(host.directory().resolve("disk"));
        List<String> install = List.of(
                "env",
                "JAVA_HOME=" + jre("17.0.1"),
                "DESTDIR=" + disk,
                installer().toString());
        Processes.run(install);
        Files.writeString(disk.resolve("etc/sysusers.d/virt-sound.conf"), "# of the earlier one\n");
        Path last = disk.resolve("usr/local/share/man/man8");
        Files.delete(last.resolve("virtsoundd.8.gz"));
        Files.delete(last);
        Files.createFile(last);
        String before = files(disk);

        Processes.Ended ended = Processes.ended(install);

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.errors()).contains("virtsoundd.8.gz; nothing was changed");
        assertThat(files(disk)).isEqualTo(before);

        Files.delete(last);
        Processes.run(install);
        assertThat(last.resolve("virtsoundd.8.gz")).exists();
        assertThat(disk.resolve("etc/sysusers.d/virt-sound.conf")).content().contains("u virt-sound");
        Processes.run(List.of("env", "DESTDIR=" + disk, installer().toString(), "--uninstall", "--purge"));
        assertThat(files(disk).lines().filter(line -> !line.endsWith("/man8"))).isEmpty();
    }

    @Test
    void uninstallingDoesNothingWithoutRootOrWithAWordThatIsNotKnown() throws Exception {
        Path prefix = Files.createDirectories(host.directory().resolve("usr/lib/virt-sound"))
                .getParent()
                .getParent();
        for (String script : List.of("install", "lib.sh")) {
            Files.copy(
                    installer().resolveSibling(script),
                    host.directory().resolve(script),
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
        List<String> command = new ArrayList<>(Processes.unprivileged(prefix));
        command.addAll(
                List.of("PREFIX=" + prefix, host.directory().resolve("install").toString(), "--uninstall"));

        Processes.Ended ended = Processes.ended(command);
        assertThat(ended.exitCode()).isEqualTo(77);
        assertThat(ended.errors()).contains("needs root; run: sudo", "--uninstall");
        assertThat(ended.output()).isEmpty();

        command.add("--prune");
        ended = Processes.ended(command);
        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.errors()).contains("--uninstall --prune (expected: nothing, --uninstall");
    }

    /** A home of Java whose programs end at once. */
    private Path jre(String version) throws IOException {
        Path home = host.directory().resolve("jre");
        Files.createDirectories(home.resolve("bin"));
        Path java = Files.writeString(home.resolve("bin/java"), "#!/bin/sh\necho started\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Debian\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    /** Every file's name and content. */
    private static String files(Path root) {
        return Processes.run(
                List.of("sh", "-c", "cd " + root + " && find . ! -type d -exec sha256sum {} + | sort -k 2"));
    }

    /** The script builds what is older than the sources; what is there was built a moment ago. */
    private static Path installer() throws IOException {
        Path root = Path.of(System.getProperty("virtsound.basedir", "..")).toAbsolutePath();
        Files.setLastModifiedTime(root.resolve("plugin/target/dist/bin/virtsoundd"), FileTime.from(Instant.now()));
        return root.resolve("scripts/install");
    }
}
