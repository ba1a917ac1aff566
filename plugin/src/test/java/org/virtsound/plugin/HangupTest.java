package org.virtsound.plugin;

import static org.awaitility.Awaitility.await;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HangupTest {
    @Test
    void eachHangupIsAWishToReload() throws Exception {
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
}
