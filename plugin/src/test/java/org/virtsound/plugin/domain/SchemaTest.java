package org.virtsound.plugin.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The RELAX NG schema that is shipped says of a metadata element what the reader says. */
class SchemaTest {
    private static final String OPEN = "<s:audio xmlns:s='urn:virt-sound:domain:1'>";

    @TempDir
    Path dir;

    @BeforeAll
    static void needsXmllint() {
        boolean there = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(bin -> Files.isExecutable(Path.of(bin, "xmllint")));
        assumeTrue(there, "xmllint is missing: apt install libxml2-utils");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<s:playback enabled='yes' sink='alsa_output.usb' volume='80%' mute='no'/>"
                        + "<s:capture policy='ask' source='alsa_input.usb' volume='100%'/>"
                        + "<s:latency target='30ms' max='80ms'/><s:transport type='network' address='10.47.13.3'/>",
                "<transport type='vchan'/><capture policy='off'/>",
                "<s:source offer='yes'/>",
                "<s:playback volume='150%'/>",
                "<s:latency target='5000ms' max='5000ms'/>",
            })
    void whatTheReaderTakesWithoutAWordIsValid(String inside) throws Exception {
        assertThat(problems(inside)).isEmpty();
        assertThat(valid(inside)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<s:playback volume='151%'/>",
                "<s:playback volume='80'/>",
                "<s:playback enabled='maybe'/>",
                "<s:playback sink=''/>",
                "<s:playback sink='a b'/>",
                "<s:playback loud='yes'/>",
                "<s:capture policy='always'/>",
                "<s:source offer='perhaps'/>",
                "<s:latency target='0ms'/>",
                "<s:latency target='5001ms'/>",
                "<s:transport type='carrier-pigeon'/>",
                "<s:transport address='10.47.13.256'/>",
                "<s:transport address='10.47.13'/>",
                "<s:capture/><s:capture/>",
                "<s:video/>",
            })
    void whatTheReaderFindsFaultWithIsNotValid(String inside) throws Exception {
        assertThat(problems(inside)).isNotEmpty();
        assertThat(valid(inside)).isFalse();
    }

    private static List<SettingProblem> problems(String inside) {
        String domain = "<domain type='test' id='7'><name>a</name><uuid>6b0e2a52-6a58-4d7e-9b6b-3d4c6a1f0002</uuid>"
                + "<metadata>" + OPEN + inside + "</s:audio></metadata></domain>";
        return DomainXml.parse(domain).settings().problems();
    }

    private boolean valid(String inside) throws Exception {
        Path file = Files.writeString(dir.resolve("audio.xml"), OPEN + inside + "</s:audio>");
        Process xmllint = new ProcessBuilder(
                        "xmllint", "--noout", "--relaxng", "src/dist/share/domain.rng", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("said").toFile())
                .start();
        assertThat(xmllint.waitFor(10, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(dir.resolve("said"));
        assertThat(said).doesNotContain("Schemas parser error", "compile");
        return xmllint.exitValue() == 0;
    }
}
