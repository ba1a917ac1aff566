package org.virtsound.plugin.manual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The Debian package as the build left it. */
class PackageIT {
    private static final double MAX_EXPOSURE = 2.0;
    private static final Path UNIT = Path.of("src/dist/share/virtsoundd.service");

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

    private static String deb() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            return files.map(Path::toString)
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
