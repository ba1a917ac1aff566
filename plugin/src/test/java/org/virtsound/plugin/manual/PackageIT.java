package org.virtsound.plugin.manual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Debian package as the build left it. */
class PackageIT {
    private static final double MAX_EXPOSURE = 2.0;
    private static final Path UNIT = Path.of("src/dist/share/virtsoundd.service");

    /** What jdeps may miss: annotations of no use at run time, other loggers, constants that were compiled in. */
    private static final List<String> NOT_NEEDED = List.of(
            "\\.package-info ",
            " -> org\\.jetbrains\\.annotations\\.",
            " -> com\\.google\\.errorprone\\.annotations\\.",
            " -> org\\.apache\\.log(4j|ging\\.log4j)\\.",
            " -> io\\.netty\\.channel\\.internal\\.ChannelUtils ");

    @Test
    void lintianFindsNothing() throws Exception {
        assumeCommand("lintian");
        assertThat(run("lintian", "--allow-root", "--fail-on", "none", deb())).doesNotContain("E: ", "W: ");
    }

    @Test
    void theUnitIsHardened() throws Exception {
        assumeCommand("systemd-analyze");
        String said = run("systemd-analyze", "security", "--offline=true", UNIT.toString());
        Matcher level =
                Pattern.compile("Overall exposure level for .*: ([0-9.]+) ").matcher(said);
        assertThat(level.find()).as(said).isTrue();
        assertThat(Double.parseDouble(level.group(1))).isLessThanOrEqualTo(MAX_EXPOSURE);
    }

    @Test
    void eachCapabilityOfTheUnitHasItsReasonBesideIt() throws Exception {
        String unit = Files.readString(UNIT);
        String bound = unit.lines()
                .filter(line -> line.startsWith("CapabilityBoundingSet="))
                .findFirst()
                .orElseThrow();
        for (String capability : bound.substring(bound.indexOf('=') + 1).split(" ")) {
            assertThat(unit).containsPattern("(?m)^#   " + capability + " +[a-z]");
        }
    }

    @Test
    void holdsTheNativeLibrariesOfOneMachineAsFiles() throws Exception {
        assumeCommand("dpkg");
        assertThat(run("dpkg", "--contents", deb()).lines().filter(line -> line.endsWith(".so")))
                .hasSize(2);
    }

    /** Of the libraries only what ours reach is in the jar; what is kept of them for its name may need more. */
    @Test
    void theJarHasEveryClassThatItsClassesName() throws Exception {
        assumeCommand("jdeps");
        String said = run("jdeps", "--missing-deps", "--multi-release", "17", "target/dist/lib/virt-sound.jar");
        assertThat(said.lines().filter(line -> line.startsWith(" ")))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).containsPattern(String.join("|", NOT_NEEDED)));
    }

    @Test
    void aPurgeLeavesNothingWhateverTheConfigurationHasComeTo(@TempDir Path dir) throws Exception {
        String said = onThisMachineLookedThrough(dir, """
                sed -i '/^libvirt:/d' /etc/group /etc/gshadow
                rm -f /usr/sbin/libvirtd /usr/sbin/virtqemud /usr/sbin/virtxend /usr/sbin/virtlxcd
                picture > /run/before
                dpkg --force-depends --force-unsafe-io --no-triggers -i /run/virt-sound.deb
                getent group libvirt | grep :virt-sound$
                virt-sound net up
                ip link show dev SOUND
                echo 'unknown = key' >> /etc/virt-sound/virt-sound.conf
                dpkg --purge --no-triggers virt-sound
                picture | diff /run/before -
                """);
        assertThat(said).contains("virt-sound.conf", "unknown key");
    }

    @Test
    void aPurgeLeavesTheGroupOfALibvirtThatCameLater(@TempDir Path dir) throws Exception {
        String libvirtCame = """
                getent group libvirt || groupadd -r libvirt
                mkdir -p /var/lib/virt-sound
                touch /var/lib/virt-sound/made-group-libvirt
                ln -sf /bin/true /usr/sbin/libvirtd
                set -- purge
                """;
        String postrm = Files.readString(Path.of("src/deb/control/postrm"));
        onThisMachineLookedThrough(dir, libvirtCame + postrm + "getent group libvirt && [ ! -e /var/lib/virt-sound ]");
    }

    /** Runs it as root on what is installed here, in a network of its own; whatever it changes is gone with it. */
    private static String onThisMachineLookedThrough(Path dir, String script) throws Exception {
        assumeCommand("dpkg");
        assumeTrue("root".equals(System.getProperty("user.name")), "another root directory needs root");
        String enter = """
                set -e
                mount -t tmpfs none "$1"
                cd "$1"
                mkdir changes work root
                mount -t overlay overlay -o lowerdir=/,upperdir=changes,workdir=work root
                cd root
                mount -t tmpfs none run
                cp "$2" run/virt-sound.deb
                mount -t proc proc proc
                mount -t sysfs sys sys
                mount --rbind /dev dev
                exec chroot . env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C sh -ec "$3"
                """;
        String picture = """
                picture() {
                  find /etc /usr /var/lib -xdev -iname '*virt*sound*' ! -path '/var/lib/dpkg/*'
                  ip -br link | cut -d ' ' -f 1; iptables-save | grep -v '^#' || true; cat /etc/passwd /etc/group
                }
                """;
        return run(
                "unshare",
                "-m",
                "-n",
                "--propagation",
                "private",
                "sh",
                "-c",
                enter,
                "sh",
                dir.toString(),
                deb(),
                picture + script);
    }

    private static String deb() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            return files.map(file -> file.toAbsolutePath().toString())
                    .filter(name -> name.endsWith(".deb"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no package in target"));
        }
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private static void assumeCommand(String name) {
        boolean there =
                Stream.of(System.getenv("PATH").split(":")).anyMatch(bin -> Files.isExecutable(Path.of(bin, name)));
        assumeTrue(there, name + " is missing");
    }
}
