package org.virtsound.audio.vchan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.virtsound.audio.stream.AudioLoop;

class DoorbellTest {
    private final AudioLoop loop = new AudioLoop();
    private final FileDescriptor[] pipe;
    private final AtomicInteger rings = new AtomicInteger();

    DoorbellTest() throws IOException {
        pipe = FileDescriptor.pipe();
    }

    @AfterEach
    void stop() throws IOException {
        loop.close();
        pipe[0].close();
        pipe[1].close();
    }

    @Test
    void ringsAgainWithoutNewsWhileThereIsMoreThanWasTaken() throws Exception {
        bell(5);
        write(1);
        await().until(() -> rings.get() == 5);
    }

    @Test
    void aFloodRingsNoMoreThanOnceAMillisecond() throws Exception {
        bell(0);
        long nanos = System.nanoTime();
        for (int i = 0; i < 2_000; i++) {
            write(1);
        }
        long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
        await().until(() -> rings.get() > 0);
        assertThat((long) rings.get()).isLessThanOrEqualTo(ms + 5);
    }

    @Test
    void aSilencedBellDoesNotRing() throws Exception {
        Doorbell bell = bell(Integer.MAX_VALUE);
        write(1);
        await().until(() -> rings.get() > 2);
        loop.call(() -> {
                    bell.silence();
                    return rings.getAndSet(0);
                })
                .get();
        loop.eventLoop().schedule(() -> {}, 10, TimeUnit.MILLISECONDS).sync();
        assertThat(rings).hasValue(0);
    }

    private Doorbell bell(int untilRings) throws Exception {
        return loop.call(() -> Doorbell.at(loop.eventLoop(), pipe[0], () -> rings.incrementAndGet() < untilRings))
                .get();
    }

    private void write(int bytes) throws IOException {
        pipe[1].write(ByteBuffer.allocateDirect(bytes), 0, bytes);
    }
}
