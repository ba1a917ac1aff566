package org.virtsound.plugin.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopCommandTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    @Test
    void itGoesOnWhenTheDaemonIsStartedAnew() throws Exception {
        Path socket = directory.resolve("control");
        String java = System.getProperty("java.home") + "/bin/java -cp " + System.getProperty("java.class.path");
        Process terminal = null;
        try (FakeDaemon first = heardAt("first", socket)) {
            terminal = new ProcessBuilder(
                            "script",
                            "-qefc",
                            "exec " + java + " org.virtsound.plugin.cli.VirtSound top --every 0.2 --socket " + socket,
                            screen().toString())
                    .start();
            awaitShown("host: first");
            first.close();
            awaitShown("no daemon at " + socket);
            try (FakeDaemon second = heardAt("second", socket)) {
                awaitShown("host: second");
            }
            assertThat(Files.readString(screen())).doesNotContain("\u001b[?1049l");
        } finally {
            if (terminal != null) {
                terminal.destroyForcibly();
            }
        }
    }

    private static FakeDaemon heardAt(String server, Path socket) throws IOException {
        return new FakeDaemon(socket, FakeDaemon.ok("{\"inUse\": \"" + server + "\"}"));
    }

    private Path screen() {
        return directory.resolve("typescript");
    }

    private void awaitShown(String text) {
        await().atMost(SOON)
                .ignoreException(IOException.class)
                .until(() -> Files.readString(screen(), UTF_8).contains(text));
    }
}
