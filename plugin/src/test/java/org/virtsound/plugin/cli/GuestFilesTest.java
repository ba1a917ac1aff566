package org.virtsound.plugin.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class GuestFilesTest {
    private static final Map<String, Object> NETWORK = Map.of(
            "name", "guest2",
            "transport", "network",
            "server", "tcp:10.47.13.1:4713",
            "host", "10.47.13.1",
            "mac", "52:54:00:00:00:02",
            "address", "10.47.13.2",
            "prefix", 29,
            "dhcp", false);

    private static GuestFiles files(String key, Object value) {
        Map<String, Object> side = new HashMap<>(NETWORK);
        side.put(key, value);
        return new GuestFiles(new Fields(side));
    }

    @Test
    void theScriptIsOneThatAShellTakesWhateverTheDomainIsCalled() throws Exception {
        String script = files("name", "a'b\n$(reboot) \"c").script();

        assertThat(script).contains("Lets a?b???reboot???c be heard").doesNotContain("@", "$(reboot");
        Process shell = new ProcessBuilder("sh", "-n").redirectErrorStream(true).start();
        try (var in = shell.outputWriter()) {
            in.write(script);
        }
        assertThat(new String(shell.getInputStream().readAllBytes())).isEmpty();
        assertThat(shell.waitFor()).isZero();
    }

    @Test
    void anAddressIsWrittenDownWhereNothingElseGivesIt() throws Failure {
        assertThat(files("dhcp", false).script()).contains("address='10.47.13.2/29'");
        assertThat(files("dhcp", true).script()).contains("address=''");
        assertThatThrownBy(() -> files("address", null).script())
                .hasMessageContaining("guest2 has no address yet")
                .hasMessageContaining("transport address");
    }

    @Test
    void aFileIsWhatItsReaderTakes() {
        GuestFiles files = files("dhcp", true);

        assertThat(files.client()).isEqualTo("default-server = tcp:10.47.13.1:4713\nautospawn = no\n");
        assertThat(files.hosts()).isEqualTo("10.47.13.1\tvirt-sound\n");
        assertThat(files("host", null).hosts()).isEmpty();
        assertThat(files.filesystem()).isEmpty();
    }

    @Test
    void oneFormIsAskedForAtATime() {
        assertThat(VirtSound.run("guest-config", "guest2", "--client", "--hosts"))
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void cloudInitRunsTheSameScript() throws Failure {
        GuestFiles files = files("dhcp", true);
        String data = files.cloudInit();
        String content = data.substring(data.indexOf("content: |\n") + 11, data.indexOf("\nruncmd:"));

        assertThat(content.lines()
                        .map(line -> line.isEmpty() ? "" : line.substring(6))
                        .collect(Collectors.joining("\n")))
                .isEqualTo(files.script().stripTrailing());
    }
}
