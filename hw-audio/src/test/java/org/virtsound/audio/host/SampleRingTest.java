package org.virtsound.audio.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SampleRingTest {
    private static final byte SILENCE = (byte) 0x80;

    private final SampleRing ring = new SampleRing(1 << 20, SILENCE);

    @AfterEach
    void close() {
        ring.close();
    }

    @Test
    void whatIsWrittenInAnyOrderIsReadInOrder() {
        Random random = new Random(1);
        byte[] expected = new byte[400_000];
        Arrays.fill(expected, SILENCE);
        int read = 0;
        int end = 0;
        while (end < expected.length - 10_000) {
            int at = Math.max(read, end + random.nextInt(4000) - 1000);
            byte[] block = new byte[1 + random.nextInt(5000)];
            random.nextBytes(block);
            ring.write(at, Unpooled.wrappedBuffer(block));
            System.arraycopy(block, 0, expected, at, block.length);
            end = Math.max(end, at + block.length);
            if (random.nextInt(4) == 0) {
                int to = read + random.nextInt(end - read + 1);
                assertThat(read(read, to)).isEqualTo(Arrays.copyOfRange(expected, read, to));
                ring.readUpTo(to);
                read = to;
            }
        }
        assertThat(read(read, end)).isEqualTo(Arrays.copyOfRange(expected, read, end));
    }

    @Test
    void whatLiesBeyondTheBoundIsLostButNotItsPlace() {
        ring.write(0, Unpooled.wrappedBuffer(new byte[] {1, 2, 3}));
        ring.write(5L << 20, Unpooled.wrappedBuffer(new byte[] {4}));

        assertThat(read(0, 3)).containsExactly(1, 2, 3);
        assertThat(ring.at(5L << 20, 1)).isNull();
    }

    private byte[] read(long from, long to) {
        ByteBuffer all = ByteBuffer.allocate((int) (to - from));
        for (long at = from; at < to; ) {
            ByteBuffer run = ring.at(at, to - at);
            at += run.remaining();
            all.put(run);
        }
        return all.array();
    }
}
