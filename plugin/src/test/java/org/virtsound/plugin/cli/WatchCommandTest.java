package org.virtsound.plugin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
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
}
