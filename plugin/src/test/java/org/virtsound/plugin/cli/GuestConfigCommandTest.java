package org.virtsound.plugin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuestConfigCommandTest {
    private static final String SIDE =
            "{\"name\": \"local/browser\", \"for\": \"user\", \"server\": \"unix:/run/x/native\"}";

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter errors = new StringWriter();

    private int guestConfig(String... form) throws Exception {
        Path socket = directory.resolve("control");
        List<String> words = new ArrayList<>(List.of("guest-config", "local/browser", "--socket", socket.toString()));
        words.addAll(List.of(form));
        try (FakeDaemon daemon = new FakeDaemon(socket, FakeDaemon.ok(SIDE))) {
            return VirtSound.commandLine()
                    .setOut(new PrintWriter(out))
                    .setErr(new PrintWriter(errors))
                    .execute(words.toArray(String[]::new));
        }
    }

    @Test
    void whatIsForAUserOfThisMachineIsPutIntoFilesOfHisOwn() throws Exception {
        assertThat(guestConfig()).isEqualTo(ExitCode.DONE);
        assertThat(out.toString())
                .isEqualTo(
                        "# its user's ~/.config/pulse/client.conf; for one program: PULSE_SERVER=unix:/run/x/native\n"
                                + "default-server = unix:/run/x/native\nautospawn = no\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--script", "--cloud-init", "--hosts"})
    void whatWouldChangeTheMachineForAllItsUsersIsRefused(String form) throws Exception {
        assertThat(guestConfig(form)).isEqualTo(ExitCode.FAILED);
        assertThat(out.toString()).isEmpty();
        assertThat(errors.toString()).contains("local/browser is for users of this machine", "--client");
    }
}
