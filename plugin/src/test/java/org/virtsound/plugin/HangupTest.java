package org.virtsound.plugin;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HangupTest {
    @Test
    void eachHangupIsAWishToReload() throws Exception {
        assumeFalse(hangupIsIgnored(), "SIGHUP is ignored here, as under nohup, and the JVM leaves that so");
        AtomicInteger wishes = new AtomicInteger();
        Hangup.handle(wishes::incrementAndGet);
        for (int i = 1; i <= 2; i++) {
            int expected = i;
            new ProcessBuilder(
                            "kill",
                            "-HUP",
                            Long.toString(ProcessHandle.current().pid()))
                    .start()
                    .waitFor();
            await().until(() -> wishes.get() == expected);
        }
    }

    private static boolean hangupIsIgnored() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).trim(), 16) & 1) != 0);
    }
}
