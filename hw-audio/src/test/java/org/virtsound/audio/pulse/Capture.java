package org.virtsound.audio.pulse;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.virtsound.audio.stream.SeekMode;

/**
 * One direction of a recorded connection.
 *
 * @param name file name without {@code .c2s.bin} or {@code .s2c.bin}
 */
public record Capture(String name, boolean fromClient, byte[] bytes) {
    /** A frame of it; {@code channel} is -1 for a control packet. */
    public record Frame(int channel, long offsetBytes, SeekMode seek, byte[] payload) {
        public boolean control() {
            return channel == -1;
        }
    }

    public static Stream<Capture> all() {
        URL directory = Objects.requireNonNull(Capture.class.getResource("/captures"), "no captures");
        try (Stream<Path> files = Files.list(Path.of(directory.toURI()))) {
            List<Capture> captures = files.filter(file -> file.toString().endsWith(".bin"))
                    .sorted()
                    .map(Capture::read)
                    .toList();
            assertThat(captures).hasSize(34);
            return captures.stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static Capture read(Path file) {
        String name = file.getFileName().toString();
        try {
            return new Capture(
                    name.replaceAll("\\.(c2s|s2c)\\.bin$", ""), name.endsWith(".c2s.bin"), Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All frames, found by the real decoder; nothing may be left over. */
    public List<Frame> frames() {
        List<Frame> frames = new ArrayList<>();
        EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(1 << 20, 1 << 20, new FrameListener() {
            @Override
            public void control(ByteBuf packet) {
                frames.add(new Frame(-1, 0, SeekMode.RELATIVE, ByteBufUtil.getBytes(packet)));
            }

            @Override
            public void memblock(int number, long offsetBytes, SeekMode seek, ByteBuf payload) {
                frames.add(new Frame(number, offsetBytes, seek, ByteBufUtil.getBytes(payload)));
                payload.release();
            }
        }));
        channel.writeInbound(Unpooled.wrappedBuffer(bytes));
        assertThat(channel.finish()).as("something was left over").isFalse();
        assertThat(channel.isOpen()).isFalse();
        return frames;
    }

    @Override
    public String toString() {
        return name + (fromClient ? " c2s" : " s2c");
    }
}
