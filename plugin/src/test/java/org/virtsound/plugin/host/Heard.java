package org.virtsound.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A host that writes down what it plays, and how a tone of 1000 Hz went through. */
final class Heard {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Path directory;

    Heard(Path directory) {
        try {
            this.directory = Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For the configuration. */
    String hostServer() {
        return "host-server = \"wav:" + directory + "\"";
    }

    /** Writes a tone. */
    static Path tone(Path file, double seconds) {
        Processes.run(List.of(
                "sox",
                "-q",
                "-n",
                "-r",
                "48000",
                "-b",
                "16",
                "-c",
                "2",
                file.toString(),
                "synth",
                Double.toString(seconds),
                "sine",
                "1000",
                "gain",
                "-9"));
        return file;
    }

    /** Fails where the guest's stream was not the tone, whole; then forgets it. */
    void toneOf(String guest) throws IOException {
        await().atMost(SOON).untilAsserted(() -> {
            List<Path> files = of(guest);
            assertThat(files).hasSize(1);
            Processes.Ended heard = Host.heard(files.get(0));
            assertThat(heard.exitCode()).as(heard.toString()).isZero();
        });
        forget(guest);
    }

    void forget(String guest) throws IOException {
        for (Path file : of(guest)) {
            Files.delete(file);
        }
    }

    private List<Path> of(String guest) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith(guest + "-"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
