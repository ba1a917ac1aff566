package org.virtsound.audio.host;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.NativeLibrary;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtsound.audio.Tone;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelMap;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.RecordListener;
import org.virtsound.audio.stream.RecordStream;
import org.virtsound.audio.stream.SampleFormat;
import org.virtsound.audio.stream.SampleSpec;
import org.virtsound.audio.stream.SoundHostListener;
import org.virtsound.audio.stream.SoundServer;
import org.virtsound.audio.stream.StreamOpened;
import org.virtsound.audio.stream.Timing;

/** The real libasound, with its file and null plugins for a card: named with all they need, so that no configuration is ours. */
class AlsaIT {
    private static final SampleSpec MONO = new SampleSpec(SampleFormat.S16LE, 1, 48_000);
    private static final BufferAttr ATTR = BufferAttr.playback(-1, 48_000, -1, 4800);

    private final AudioLoop loop = new AudioLoop();
    private final List<String> relay = new ArrayList<>();
    private HostSound host;
    private SoundServer place;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws IOException {
        try (Stream<Path> libraries = Files.walk(Path.of("/usr/lib"), 2)) {
            assumeTrue(
                    libraries.anyMatch(file -> file.getFileName().toString().equals("libasound.so.2")),
                    "needs libasound2");
        }
    }

    @AfterEach
    void stop() {
        if (place != null) {
            on(() -> {
                place.close();
                return null;
            });
            host.close();
        }
        loop.close();
        environment("unsetenv", "ALSA_CONFIG_PATH");
    }

    @Test
    void aToneIsPlayedOnAPcmByItsNameAtThePaceOfTime() throws IOException {
        Path file = directory.resolve("card.raw");
        open("alsa:file:FILE=" + file + ",FORMAT=raw");
        TonePlayer guest = new TonePlayer(MONO, 1000);
        on(() -> guest.on(place, Requests.of(MONO, ATTR)));
        await().atMost(10, SECONDS).until(() -> Files.exists(file) && Files.size(file) > 48_000);
        long startNs = System.nanoTime();
        long startIndex = on(() -> guest.ask().readIndex);

        await().pollDelay(3, SECONDS).atMost(5, SECONDS).until(() -> true);

        double rate = (on(() -> guest.ask().readIndex) - startIndex) / 96_000.0 / ((System.nanoTime() - startNs) / 1e9);
        System.out.printf("ALSA null: clock %+.2f %%%n", (rate - 1) * 100);
        assertThat(rate).isCloseTo(1, within(0.1));
        on(() -> {
            guest.stream.close();
            return null;
        });
        Tone heard = Tone.of(Files.readAllBytes(file));
        assertThat(heard.part(500, 2500).level(1000)).isCloseTo(0.5, within(0.02));
        assertThat(guest.ended).isNull();
    }

    @Test
    void aCardThatIsNotThereIsNamedAndTheGuestPlaysOn() {
        open("alsa:hw:7");
        TonePlayer guest = new TonePlayer(MONO, 1000);
        on(() -> guest.on(place, Requests.of(MONO, ATTR)));

        await().atMost(5, SECONDS).until(() -> host.status().join().problem() != null);
        assertThat(host.status().join().problem()).startsWith("alsa:hw:7: ").contains("No such");
        await().atMost(5, SECONDS).until(() -> on(() -> guest.ask().readIndex > 48_000));
        assertThat(guest.ended).isNull();
    }

    @Test
    void aToneIsRecordedFromAPcmAtThePaceOfTime() throws Exception {
        Path tone = directory.resolve("tone.raw");
        Process sox = new ProcessBuilder(
                        ("sox -q -n -t raw -r 48000 -e signed -b 16 -c 1 " + tone + " synth 60 sine 1000 gain -6")
                                .split(" "))
                .inheritIO()
                .start();
        assertThat(sox.waitFor()).isZero();
        Path config = Files.writeString(
                directory.resolve("alsa.conf"),
                "</usr/share/alsa/alsa.conf>\npcm.mic { type file slave.pcm null file /dev/null infile \"" + tone
                        + "\" format raw }\n");
        environment("setenv", "ALSA_CONFIG_PATH", config.toString(), 1);
        open("alsa:mic");
        ByteBuf heard = Unpooled.buffer();
        RecordStream stream =
                on(() -> place.record(Requests.of(MONO, BufferAttr.record(-1, 1920)), new Recorder(heard)));
        await().atMost(5, SECONDS).until(() -> on(() -> heard.readableBytes()) > 9600);
        long startNs = System.nanoTime();
        int start = on(() -> heard.readableBytes());

        await().pollDelay(2, SECONDS).atMost(5, SECONDS).until(() -> true);

        double rate = on(() -> (heard.readableBytes() - start) / 96_000.0 / ((System.nanoTime() - startNs) / 1e9));
        on(() -> {
            stream.close();
            return null;
        });
        assertThat(rate).isCloseTo(1, within(0.1));
        assertThat(host.status().join().problem()).isNull();
        assertThat(Tone.of(ByteBufUtil.getBytes(heard)).part(500, 1500).level(1000))
                .isCloseTo(0.5, within(0.02));
    }

    @Test
    void aCardIsOpenedAgainAtOnceAndNotKeptByOneThatOpensSlowly() {
        VirtualTime time = new VirtualTime();
        List<Runnable> devices = new ArrayList<>();
        List<String> trouble = new ArrayList<>();
        AlsaCard card = new AlsaCard(time.clock, "null", Asound.Direction.PLAYBACK, devices::add, trouble::add);
        Runnable work = () -> {
            List<Runnable> waiting = List.copyOf(devices);
            devices.clear();
            waiting.forEach(Runnable::run);
            time.settle();
        };
        for (int i = 0; i < 2; i++) {
            card.need(MONO, time.clock.nowNs());
            work.run();
            assertThat(card.pcm()).isNotNull();
            card.letGo();
            time.advanceMs(600);
            work.run();
            assertThat(card.pcm()).isNull();
        }
        card.need(MONO, time.clock.nowNs());
        card.letGo();
        time.advanceMs(600);
        work.run();
        assertThat(card.pcm()).isNull();
        assertThat(devices).hasSize(1);
        work.run();
        assertThat(trouble).isEmpty();
    }

    /** The process's own, as the C library sees it. */
    private static void environment(String function, Object... arguments) {
        NativeLibrary.getInstance("c").getFunction(function).invokeInt(arguments);
    }

    /** Keeps what it hears. */
    private record Recorder(ByteBuf heard) implements RecordListener {
        @Override
        public void opened(StreamOpened opened) {}

        @Override
        public void ended(ErrorCode error) {
            throw new AssertionError(error);
        }

        @Override
        public void timing(int tag, int localS, int localUs, Timing timing) {}

        @Override
        public void bufferAttr(BufferAttr attr, long deviceLatencyUs) {}

        @Override
        public void suspended(boolean suspended) {}

        @Override
        public void moved(BufferAttr attr, long deviceLatencyUs, boolean suspended) {}

        @Override
        public void fragment(ByteBuf fragment) {
            heard.writeBytes(fragment);
            fragment.release();
        }
    }

    @Test
    void everyFormatIsTaken() {
        open("alsa:null");
        for (SampleFormat format : SampleFormat.values()) {
            SampleSpec spec = new SampleSpec(format, 2, 44_100);
            PlayerLog guest = new PlayerLog();
            guest.keepsUp = true;
            on(() -> guest.on(
                    place,
                    new org.virtsound.audio.stream.StreamRequest(
                            "tone",
                            spec,
                            ChannelMap.STEREO,
                            BufferAttr.playback(-1, 44_100, -1, -1),
                            false,
                            null,
                            null,
                            null,
                            true,
                            false,
                            false,
                            false,
                            false)));
            await(format.name()).atMost(5, SECONDS).until(() -> on(() -> guest.ask().readIndex > 10_000));
            on(() -> {
                guest.stream.close();
                return null;
            });
        }
        assertThat(host.status().join().problem()).isNull();
    }

    private void open(String hostServer) {
        host = new HostSound(loop, hostServer, 10, moved -> {}, Path.of("/"), Map.of());
        place = on(() -> host.open(new UUID(1, 2), "Windows 11", new SoundHostListener() {
            @Override
            public void lost(String reason) {
                relay.add(reason);
            }

            @Override
            public void back() {
                relay.add("back");
            }
        }));
    }

    private <T> T on(Callable<T> task) {
        return loop.call(task).join();
    }
}
