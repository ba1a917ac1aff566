package org.virtsound.audio.pulse;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.virtsound.audio.stream.SeekMode;

/** Asks a real server one thing at a time, with the codec under test at its own end. */
final class SyncClient implements FrameListener, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    final List<Event> events = new ArrayList<>();
    final List<Integer> blocks = new ArrayList<>();

    private final SocketChannel socket;
    private final Selector selector;
    private final EmbeddedChannel decoder = new EmbeddedChannel(new FrameDecoder(1 << 20, 1 << 20, this));
    private final TagReader reader = new TagReader(TagLimits.HOST);
    private final TagWriter writer = new TagWriter();
    private final int version;
    private int tag;
    private Opcode asked;
    private Command answer;

    SyncClient(Path path, int version) throws IOException {
        this.version = version;
        socket = SocketChannel.open(UnixDomainSocketAddress.of(path));
        socket.configureBlocking(false);
        selector = Selector.open();
        socket.register(selector, SelectionKey.OP_READ);
    }

    /** @return the answer, which must be of {@code type} */
    <T extends Answer> T ask(Request request, Class<T> type) throws IOException {
        ByteBuf out = Unpooled.buffer();
        tag++;
        asked = request.opcode();
        answer = null;
        request.writeTo(out, writer, tag, version);
        send(out);
        await("answer to " + request, () -> answer != null);
        assertThat(answer).as("version %d: %s", version, request).isInstanceOf(type);
        return type.cast(answer);
    }

    void play(int channel, byte[] pcm) throws IOException {
        ByteBuf out = Unpooled.buffer();
        Frames.memblockHeader(out, pcm.length, channel, 0, SeekMode.RELATIVE);
        send(out.writeBytes(pcm));
    }

    void await(String what, BooleanSupplier done) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        ByteBuffer in = ByteBuffer.allocate(1 << 16);
        while (!done.getAsBoolean()) {
            assertThat(System.nanoTime()).as("version %d: no %s", version, what).isLessThan(end);
            selector.select(100);
            selector.selectedKeys().clear();
            int read = socket.read(in.clear());
            assertThat(read)
                    .as("version %d: the server closed, no %s", version, what)
                    .isNotNegative();
            if (read > 0) {
                decoder.writeInbound(Unpooled.copiedBuffer(in.flip()));
                decoder.checkException();
            }
        }
    }

    private void send(ByteBuf out) throws IOException {
        ByteBuffer bytes = out.nioBuffer();
        while (bytes.hasRemaining()) {
            socket.write(bytes);
        }
    }

    @Override
    public void control(ByteBuf packet) {
        reader.reset(packet);
        Opcode opcode = Opcode.of(reader.u32());
        int answered = reader.u32();
        if (answered == Command.NO_TAG) {
            events.add(Event.decode(opcode, reader, version));
            return;
        }
        assertThat(answered).isEqualTo(tag);
        answer = opcode == Opcode.ERROR ? Failure.decode(reader, version) : Answer.decode(asked, reader, version);
    }

    @Override
    public void memblock(int channel, long offsetBytes, SeekMode seek, ByteBuf payload) {
        blocks.add(channel);
        payload.release();
    }

    @Override
    public void close() throws IOException {
        selector.close();
        socket.close();
        decoder.finishAndReleaseAll();
    }
}
