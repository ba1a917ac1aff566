package org.virtsound.plugin.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchCommandTest {
    @TempDir
    Path directory;

    @Test
    void anEventSaysWhoseItIsUnlessItIsTheHosts() throws Exception {
        String events = "data: {\"time\": \"12:00\", \"domain\": \"win\", \"text\": \"its sound is gone\"}\n\n"
                + "data: {\"time\": \"12:01\", \"text\": \"guests are heard at silence now: as asked\"}\n\n";
        StringWriter out = new StringWriter();
        try (FakeDaemon daemon = new FakeDaemon(directory.resolve("control"), FakeDaemon.ok(events))) {
            VirtSound.commandLine()
                    .setOut(new PrintWriter(out))
                    .execute("watch", "--socket", directory.resolve("control").toString());
        }

        assertThat(out.toString().lines())
                .containsExactly("12:00 win: its sound is gone", "12:01 guests are heard at silence now: as asked");
    }

    @Test
    void itEndsWithItsReader() throws Exception {
        FakeDaemon.Answers events = (request, out) -> {
            FakeDaemon.write(out, "HTTP/1.1 200 OK\r\n\r\n");
            while (true) {
                FakeDaemon.write(out, "data: {\"time\": \"12:00\", \"text\": \"it goes on\"}\n\n");
            }
        };
        try (FakeDaemon daemon = new FakeDaemon(directory.resolve("control"), events)) {
            Process pipe = new ProcessBuilder(
                            "sh",
                            "-c",
                            "{ \"$0/bin/java\" -cp \"$1\" org.virtsound.plugin.cli.VirtSound watch --socket \"$2\"; echo ended $? >&2; } | head -1",
                            System.getProperty("java.home"),
                            System.getProperty("java.class.path"),
                            directory.resolve("control").toString())
                    .redirectErrorStream(true)
                    .start();
            try {
                assertThat(pipe.waitFor(20, TimeUnit.SECONDS)).isTrue();
                assertThat(new String(pipe.getInputStream().readAllBytes(), UTF_8))
                        .isEqualTo("12:00 it goes on\nended 0\n");
            } finally {
                pipe.descendants().forEach(ProcessHandle::destroyForcibly);
            }
        }
    }
}
