package org.virtsound.audio.host;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;

/** An event loop whose time stands still until a test moves it. */
final class VirtualTime {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final EmbeddedChannel channel =
            EmbeddedChannel.builder().ticker(ticker).build();
    final PaceClock clock = new PaceClock(channel.eventLoop(), ticker);

    VirtualTime() {
        // Off the grid of the clock, as in life.
        ticker.advance(1_234_567, TimeUnit.NANOSECONDS);
    }

    /** Runs what was handed to the loop, without moving time. */
    void settle() {
        channel.runPendingTasks();
    }

    void advanceMs(long ms) {
        for (long i = 0; i < ms; i++) {
            ticker.advance(1, TimeUnit.MILLISECONDS);
            channel.runPendingTasks();
        }
    }
}
