package org.virtsound.audio.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.SampleFormat;
import org.virtsound.audio.stream.SampleSpec;
import org.virtsound.audio.stream.SeekMode;

class WavOutputTest {
    private final VirtualTime time = new VirtualTime();
    private final List<ClockServer> servers = new ArrayList<>();
    private final List<String> trouble = new ArrayList<>();

    @TempDir
    Path directory;

    @Test
    void theFileIsWholeAtAnyMomentWithoutBeingClosed() throws IOException {
        PlayerLog player = play(directory, "../../etc/music", Requests.DVD);
        for (int i = 0; i < 500; i++) {
            time.advanceMs(10);
            for (Path file : files()) {
                ByteBuffer wav = read(file);
                assertThat(wav.getInt(4)).isEqualTo(wav.capacity() - 8);
                assertThat(wav.getInt(40)).isEqualTo(wav.capacity() - 44);
            }
        }
        Path file = files().get(0);
        assertThat(files()).hasSize(1);
        assertThat(file.getFileName().toString())
                .startsWith("guest-.._.._etc_music-")
                .endsWith(".wav");
        ByteBuffer wav = read(file);
        assertThat(wav.capacity() - 44).isBetween(4900 * 192, 5000 * 192);
        assertThat(wav.getInt(24)).isEqualTo(48_000);
        assertThat(player.events).containsExactly("opened", "started");
    }

    @Test
    void samplesAreTurnedIntoWhatWavHolds() throws IOException {
        samples(SampleFormat.S16BE, new byte[] {1, 2, 3, 4}, new byte[] {2, 1, 4, 3}, 1, 16);
        samples(SampleFormat.S24BE, new byte[] {1, 2, 3, 4, 5, 6}, new byte[] {3, 2, 1, 6, 5, 4}, 1, 24);
        samples(SampleFormat.S24LE, new byte[] {1, 2, 3, 4, 5, 6}, new byte[] {1, 2, 3, 4, 5, 6}, 1, 24);
        samples(SampleFormat.S24_32LE, new byte[] {1, 2, 3, 0, 4, 5, 6, 0}, new byte[] {0, 1, 2, 3, 0, 4, 5, 6}, 1, 32);
        samples(SampleFormat.S24_32BE, new byte[] {0, 3, 2, 1}, new byte[] {0, 1, 2, 3}, 1, 32);
        samples(SampleFormat.FLOAT32BE, new byte[] {1, 2, 3, 4}, new byte[] {4, 3, 2, 1}, 3, 32);
        samples(SampleFormat.ULAW, new byte[] {5, 6}, new byte[] {5, 6}, 7, 8);
    }

    @Test
    void framesThatDoNotFitTheRingEvenlyArriveWhole() throws IOException {
        SampleSpec odd = new SampleSpec(SampleFormat.S24BE, 5, 48_000);
        play(directory, "odd", odd);
        time.advanceMs(3000);

        assertThat((read(files().get(0)).capacity() - 44) % 15).isZero();
        assertThat(read(files().get(0)).capacity()).isGreaterThan(2900 * 48 * 15);
    }

    @Test
    void aLongTitleIsCutToAFilesName() throws IOException {
        play(directory, "x".repeat(300), Requests.DVD);
        time.advanceMs(1000);

        assertThat(trouble).isEmpty();
        assertThat(files().get(0).getFileName().toString())
                .startsWith("guest-xxx")
                .endsWith(".wav");
    }

    @Test
    void aDirectoryThatIsNotThereIsNamedAndTheGuestPlaysOn() {
        PlayerLog player = play(directory.resolve("missing"), "music", Requests.DVD);
        time.advanceMs(1000);

        assertThat(trouble).hasSize(1);
        assertThat(trouble.get(0))
                .startsWith(directory.resolve("missing").toString())
                .contains("cannot be written");
        assertThat(player.ask().readIndex).isGreaterThan(900 * 192);
        assertThat(player.ended).isNull();
    }

    private void samples(SampleFormat format, byte[] written, byte[] expected, int tag, int bits) throws IOException {
        for (Path old : files()) {
            Files.delete(old);
        }
        PlayerLog player = new PlayerLog();
        player.on(
                server(directory), Requests.of(new SampleSpec(format, 1, 8000), BufferAttr.playback(-1, 8000, 0, -1)));
        time.settle();
        player.stream.write(
                Unpooled.wrappedBuffer(written), SeekMode.ABSOLUTE, 8 * 1000L / 1000 * format.sizeBytes() * 100);
        time.advanceMs(300);
        player.stream.close();
        ByteBuffer wav = read(files().get(0));
        assertThat(wav.getShort(20)).isEqualTo((short) tag);
        assertThat(wav.getShort(34)).isEqualTo((short) bits);
        byte[] found = new byte[expected.length];
        wav.get(44 + 800 * format.sizeBytes(), found);
        assertThat(found).as(format.name()).isEqualTo(expected);
    }

    private ClockServer server(Path to) {
        Outputs outputs = WavOutput.in(to, Runnable::run, Runnable::run);
        ClockServer server = new ClockServer(
                time.clock,
                "wav:" + to,
                request -> outputs.open(new HostIdentity(new UUID(0, 1), "guest"), request, trouble::add),
                request -> Silence.of(request.spec().format()));
        servers.add(server);
        return server;
    }

    @AfterEach
    void close() {
        servers.forEach(ClockServer::close);
    }

    private PlayerLog play(Path to, String name, SampleSpec spec) {
        PlayerLog player = new PlayerLog() {
            @Override
            ByteBuf block(int bytes) {
                return Unpooled.wrappedBuffer(new byte[bytes]);
            }
        };
        player.keepsUp = true;
        player.on(server(to), Requests.named(name, spec, BufferAttr.playback(-1, 38_400, -1, -1), false));
        time.settle();
        return player;
    }

    private List<Path> files() throws IOException {
        try (var files = Files.list(directory)) {
            return files.toList();
        }
    }

    private static ByteBuffer read(Path file) throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    }
}
