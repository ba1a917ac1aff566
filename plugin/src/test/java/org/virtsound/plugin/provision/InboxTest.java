package org.virtsound.plugin.provision;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class InboxTest {
    @Test
    void aReaderThatWaitedForSomethingElseMeanwhileIsStillWoken() {
        Inbox inbox = new Inbox();
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            inbox.take(0);
            inbox.wake();
            LockSupport.park(); // as a command's end is waited for
            inbox.take(TimeUnit.HOURS.toNanos(1));
        });
    }
}
