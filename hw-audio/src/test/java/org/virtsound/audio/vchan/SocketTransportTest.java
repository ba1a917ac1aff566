package org.virtsound.audio.vchan;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtsound.audio.stream.AudioLoop;

class SocketTransportTest {
    private static final VchanPeer PEER = new VchanPeer(7, false);

    private final AudioLoop loop = new AudioLoop();
    private final Heard heard = new Heard();

    @TempDir
    Path dir;

    @AfterEach
    void stop() {
        loop.close();
    }

    @Test
    void aChannelOpensOnceTheGuestServesIt() throws Exception {
        open();
        try (ServerSocketChannel server = serve();
                SocketChannel guest = server.accept()) {
            await().until(() -> heard.channel != null);
            assertThat(guest.isConnected()).isTrue();
        }
    }

    @Test
    void aChannelThatIsGivenUpStaysClosed() throws Exception {
        VchanTransport.Opening opening = open();
        loop.call(() -> {
                    opening.cancel();
                    return true;
                })
                .get();
        try (ServerSocketChannel server = serve()) {
            server.configureBlocking(false);
            // The loop's own retries are due long before this one of ours.
            VchanTransport.Opening later = open();
            await().until(() -> heard.channel != null);
            assertThat(server.accept()).isNotNull();
            assertThat(server.accept()).isNull();
        }
    }

    @Test
    void bytesPassBothWaysAndNoFurtherThanAskedFor() throws Exception {
        open();
        try (ServerSocketChannel server = serve();
                SocketChannel guest = server.accept()) {
            guest.write(ByteBuffer.wrap("abcdef".getBytes(US_ASCII)));
            await().until(() -> heard.channel != null && heard.rings.get() > 0);
            assertThat(read(4)).isEqualTo("abcd");
            assertThat(read(4)).isEqualTo("ef");
            assertThat(read(4)).isEqualTo("0");

            int put = loop.call(() -> write("xyz".getBytes(US_ASCII))).get();
            assertThat(put).isEqualTo(3);
            ByteBuffer got = ByteBuffer.allocate(8);
            guest.read(got);
            assertThat(new String(got.array(), 0, got.position(), US_ASCII)).isEqualTo("xyz");
        }
    }

    @Test
    void whatWasWrittenBeforeTheGuestClosedIsStillRead() throws Exception {
        open();
        try (ServerSocketChannel server = serve()) {
            SocketChannel guest = server.accept();
            guest.write(ByteBuffer.wrap("last".getBytes(US_ASCII)));
            guest.close();
            await().until(() -> heard.channel != null
                    && loop.call(() -> !heard.channel.isOpen()).get());
            assertThat(read(8)).isEqualTo("last");
            assertThat(read(8)).isEqualTo("-1");
        }
    }

    @Test
    void aGuestThatDoesNotReadTakesNoMoreThanAFewKilobytes() throws Exception {
        open();
        try (ServerSocketChannel server = serve();
                SocketChannel guest = server.accept()) {
            await().until(() -> heard.channel != null);
            int taken = loop.call(() -> {
                        int sum = 0;
                        for (int put; (put = write(new byte[1764])) > 0; ) {
                            sum += put;
                        }
                        return sum;
                    })
                    .get();
            assertThat(taken).isBetween(2 << 10, 12 << 10);
            int before = heard.rings.get();
            guest.read(ByteBuffer.allocate(taken));
            await().until(() -> heard.rings.get() > before);
        }
    }

    private int write(byte[] bytes) {
        ByteBuf block = Unpooled.directBuffer(bytes.length).writeBytes(bytes);
        try {
            return heard.channel.write(block);
        } finally {
            block.release();
        }
    }

    private VchanTransport.Opening open() throws Exception {
        return loop.call(() -> new SocketTransport(loop, dir).open(PEER, 4713, heard))
                .get();
    }

    private ServerSocketChannel serve() throws Exception {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(dir.resolve("vchan.7.0.4713.sock")));
    }

    /** @return what was read, or the count where there was nothing */
    private String read(int maxBytes) throws Exception {
        return loop.call(() -> {
                    ByteBuf into = PooledByteBufAllocator.DEFAULT.directBuffer(64);
                    try {
                        int got = heard.channel.read(into, maxBytes);
                        return got > 0 ? into.toString(US_ASCII) : Integer.toString(got);
                    } finally {
                        into.release();
                    }
                })
                .get();
    }

    private static final class Heard implements VchanListener {
        volatile Vchan channel;
        final AtomicInteger rings = new AtomicInteger();

        @Override
        public void opened(Vchan opened) {
            channel = opened;
        }

        @Override
        public void rung() {
            rings.incrementAndGet();
        }

        @Override
        public void broken(String detail) {
            throw new AssertionError(detail);
        }

        @Override
        public void gone() {
            throw new AssertionError("gone");
        }
    }
}
