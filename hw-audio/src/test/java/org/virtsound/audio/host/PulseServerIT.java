package org.virtsound.audio.host;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virtsound.audio.PrivatePulse;
import org.virtsound.audio.Tone;
import org.virtsound.audio.pulse.Cookie;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.RecordListener;
import org.virtsound.audio.stream.RecordStream;

/** Our client and a real PulseAudio. */
class PulseServerIT {
    private static final UUID GUEST = UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8");

    private final AudioLoop loop = new AudioLoop();
    private final List<String> life = new ArrayList<>();
    private PrivatePulse pulse;
    private PulseServer server;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(PrivatePulse.installed(), "needs pulseaudio, pulseaudio-utils and setpriv");
        pulse = PrivatePulse.started();
        server = connect(Cookie.of(Files.readAllBytes(pulse.cookieFile())));
    }

    @AfterEach
    void stop() throws IOException {
        if (server != null) {
            on(() -> {
                server.close();
                return null;
            });
        }
        loop.close();
        if (pulse != null) {
            pulse.close();
        }
    }

    @Test
    void aToneIsHeardUnderTheGuestsName() throws IOException {
        TonePlayer player = new TonePlayer(Requests.DVD, 1000);
        try (PrivatePulse.Recording recording = pulse.record()) {
            play(player, BufferAttr.playback(-1, 38_400, -1, -1));
            long before = recording.samples();
            await("three seconds of sound").atMost(20, SECONDS).until(() -> recording.samples() - before > 3 * 48_000);

            assertThat(pulse.pactl("list", "sink-inputs"))
                    .contains("application.name = \"Windows 11\"")
                    .contains("application.id = \"org.virtsound." + GUEST + "\"")
                    .contains("node.name = \"virt-sound." + GUEST + "\"")
                    .contains("media.name = \"tone\"")
                    .doesNotContain("media.role");
            Tone heard = recording.heard();
            Tone middle = heard.part(1000, 2500);
            assertThat(middle.level(1000)).isCloseTo(0.5, within(0.02));
            assertThat(middle.level(1500)).isLessThan(0.01);
            assertThat(heard.gapsMs(1000, 0.3)).isEmpty();
        }
        assertThat(player.events).startsWith("opened", "started").doesNotContain("overflow");
        assertThat(on(server::describe)).isEqualTo("pulseaudio 16.1 at unix:" + pulse.socket());
    }

    @Test
    void streamsOfOneGuestPlayAndPauseEachForItself() throws IOException {
        TonePlayer first = new TonePlayer(Requests.DVD, 1000);
        TonePlayer second = new TonePlayer(Requests.DVD, 1500);
        for (TonePlayer player : List.of(first, second)) {
            play(player, Requests.lowLatency());
            await().atMost(5, SECONDS).until(() -> on(() -> player.events.contains("started")));
        }
        on(() -> {
            first.stream.cork(true, reply -> {});
            return null;
        });
        await().atMost(5, SECONDS)
                .until(() -> pulse.pactl("list", "sink-inputs").contains("Corked: yes"));

        assertThat(pulse.pactl("list", "sink-inputs")).contains("Corked: no");
    }

    @Test
    void latencyIsAnsweredWithTheAskersMarkAndClock() throws IOException {
        int[] answer = new int[3];
        TonePlayer player = new TonePlayer(Requests.DVD, 1000) {
            @Override
            public void timing(int tag, int localS, int localUs, org.virtsound.audio.stream.Timing timing) {
                super.timing(tag, localS, localUs, timing);
                answer[0] = tag;
                answer[1] = localS;
                answer[2] = localUs;
            }
        };
        play(player, BufferAttr.playback(-1, 38_400, -1, -1)); // which no load of this machine empties
        await().atMost(5, SECONDS).until(() -> on(() -> player.events.contains("started")));
        for (int i = 0; i < 100; i++) {
            int asked = i;
            on(() -> {
                player.stream.timing(asked, 1000 + asked, asked);
                return null;
            });
        }
        await().atMost(5, SECONDS).until(() -> on(() -> player.timings == 100));

        assertThat(answer).containsExactly(99, 1099, 99);
        assertThat(player.last.running).isTrue();
        assertThat(player.last.writeIndex)
                .isGreaterThanOrEqualTo(player.last.readIndex)
                .isPositive();
    }

    @Test
    void everyCommandIsAnsweredAndHasItsEffect() throws IOException {
        TonePlayer player = new TonePlayer(Requests.DVD, 1000);
        play(player, Requests.lowLatency());
        pulse.pactl("load-module", "module-null-sink", "sink_name=other");
        await().atMost(5, SECONDS).until(() -> on(() -> player.events.contains("started")));
        List<ErrorCode> replies = new ArrayList<>();

        on(() -> {
            player.stream.volume(ChannelVolumes.flat(2, 0x8000), replies::add);
            player.stream.mute(true, replies::add);
            player.stream.name("renamed", replies::add);
            player.stream.prebuf(replies::add);
            player.stream.trigger(replies::add);
            player.stream.flush(replies::add);
            player.stream.bufferAttr(BufferAttr.playback(-1, 7680, -1, 1920), true, false, replies::add);
            player.stream.cork(true, replies::add);
            player.stream.device("other", replies::add);
            return null;
        });
        await().atMost(5, SECONDS).until(() -> on(() -> replies.size() == 9));

        assertThat(replies).containsOnly(ErrorCode.OK);
        assertThat(player.events).contains("attr", "moved");
        assertThat(pulse.pactl("list", "sink-inputs"))
                .contains("Mute: yes", "Corked: yes", "50%", "media.name = \"renamed\"");

        replies.clear();
        on(() -> {
            player.keepsUp = false;
            player.stream.device(null, replies::add);
            player.stream.mute(false, replies::add);
            player.stream.cork(false, replies::add);
            player.write(960);
            player.stream.drain(replies::add);
            return null;
        });
        await("drain").atMost(5, SECONDS).until(() -> on(() -> replies.size() == 4));
        assertThat(replies).containsOnly(ErrorCode.OK);
        on(() -> {
            player.stream.close();
            return null;
        });
        await().atMost(5, SECONDS)
                .until(() -> pulse.pactl("list", "sink-inputs").isBlank());
    }

    @Test
    void theMonitorIsRecordedOnASecondConnection() throws IOException {
        TonePlayer player = new TonePlayer(Requests.DVD, 1000);
        play(player, Requests.lowLatency());
        Microphone recorder = new Microphone();
        on(() -> {
            recorder.stream = server.record(
                    new org.virtsound.audio.stream.StreamRequest(
                            "monitor",
                            Requests.DVD,
                            org.virtsound.audio.stream.ChannelMap.STEREO,
                            BufferAttr.record(-1, 3840),
                            false,
                            null,
                            null,
                            "card.monitor",
                            true,
                            false,
                            false,
                            false,
                            false),
                    recorder);
            return null;
        });

        await().atMost(10, SECONDS).until(() -> on(() -> recorder.loud > 48_000));
        assertThat(pulse.pactl("list", "clients").split("application.name = \"Windows 11\"", -1))
                .hasSize(3);
        on(() -> {
            recorder.stream.close();
            return null;
        });
        await().atMost(5, SECONDS)
                .until(() -> pulse.pactl("list", "source-outputs").isBlank());
        assertThat(on(() -> player.ended)).isNull();
    }

    @Test
    void whenTheServerDiesEveryQuestionAndEveryStreamIsTold() throws IOException {
        TonePlayer player = new TonePlayer(Requests.DVD, 1000);
        play(player, Requests.lowLatency());
        await().atMost(5, SECONDS).until(() -> on(() -> player.events.contains("started")));
        List<ErrorCode> replies = new ArrayList<>();
        pulse.signal("STOP");
        on(() -> {
            player.stream.drain(replies::add);
            return null;
        });

        pulse.kill();

        await().atMost(5, SECONDS).until(() -> on(() -> player.ended != null));
        assertThat(player.ended).isEqualTo(ErrorCode.CONNECTIONTERMINATED);
        assertThat(replies).containsExactly(ErrorCode.CONNECTIONTERMINATED);
        assertThat(life).hasSize(2).startsWith("up");
    }

    @Test
    void aServerThatLeavesThousandsOfCommandsOpenIsGivenUp() throws IOException {
        TonePlayer player = new TonePlayer(Requests.DVD, 1000);
        play(player, Requests.lowLatency());
        await().atMost(5, SECONDS).until(() -> on(() -> player.events.contains("started")));
        List<ErrorCode> replies = new ArrayList<>();
        pulse.signal("STOP");
        on(() -> {
            for (int i = 0; i < 10_000; i++) {
                player.stream.mute(i % 2 == 0, replies::add);
            }
            return null;
        });

        await().atMost(5, SECONDS).until(() -> on(() -> player.ended != null));
        assertThat(player.ended).isEqualTo(ErrorCode.CONNECTIONTERMINATED);
        assertThat(replies).hasSize(10_000).containsOnly(ErrorCode.CONNECTIONTERMINATED);
        assertThat(life).containsExactly("up", "down the server there does not answer");
    }

    @Test
    void whatIsThrownAwayLeavesAGapAndIsAskedForAgain() throws IOException {
        int block = 64_000;
        int blocks = 50; // more than waits for a server
        PlayerLog player = new PlayerLog();
        play(player, BufferAttr.playback(-1, block * blocks, 0, block));
        on(() -> {
            for (int i = 0; i < blocks; i++) {
                player.write(block);
            }
            return null;
        });
        await("room").atMost(5, SECONDS).until(() -> on(() -> player.credit >= block));
        on(() -> {
            player.write(block);
            player.stream.timing(1, 0, 0);
            return null;
        });
        await("answer").atMost(5, SECONDS).until(() -> on(() -> player.timings == 1));

        assertThat(player.last.writeIndex).isEqualTo(player.written);
    }

    @Test
    void aWrongCookieAndAMissingServerAreNamed() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs another user than the server's own");
        connect(Cookie.ZERO);
        await().atMost(5, SECONDS)
                .until(() -> on(() -> life.stream().anyMatch(line -> line.startsWith("down access denied"))));

        pulse.kill();
        connect(Cookie.ZERO);
        await().atMost(5, SECONDS).until(() -> on(() -> life.contains("down no server listens there")));
    }

    @Test
    void seventyGuestsHaveStreamsOverFewerConnectionsThanPulseAudioTakes() throws IOException {
        Cookie cookie = Cookie.of(Files.readAllBytes(pulse.cookieFile()));
        PulseConnections connections = new PulseConnections(
                loop.eventLoop(),
                PulseAddress.unix(pulse.socket().toString()),
                () -> CompletableFuture.completedFuture(cookie));
        List<PulseServer> servers = new ArrayList<>();
        List<PlayerLog> players = new ArrayList<>();
        for (int guest = 0; guest < 70; guest++) {
            HostIdentity identity = new HostIdentity(new UUID(7, guest), "guest " + guest);
            PulseServer made = on(() -> new PulseServer(connections, identity, new Backend.Listener() {
                @Override
                public void up() {}

                @Override
                public void down(String reason) {
                    life.add("down " + reason);
                }
            }));
            PlayerLog player = new PlayerLog();
            on(() -> player.on(made, Requests.corked(Requests.DVD, Requests.lowLatency())));
            servers.add(made);
            players.add(player);
        }
        await().atMost(10, SECONDS).until(() -> on(() -> players.stream().allMatch(player -> player.opened != null)));
        String inputs = pulse.pactl("list", "sink-inputs");
        assertThat(inputs).contains("application.name = \"guest 0\"", "application.name = \"guest 69\"");
        // pactl itself is one, and the first guest of each test another.
        assertThat(pulse.pactl("list", "short", "clients").lines()).hasSizeBetween(48, 50);

        // Who leaves takes none of those along who share its connection.
        on(() -> {
            servers.subList(0, 48).forEach(PulseServer::close);
            return null;
        });
        await().atMost(5, SECONDS)
                .until(() -> pulse.pactl("list", "short", "sink-inputs").lines().count() == 22);
        assertThat(life).containsExactly("up");
        on(() -> {
            servers.subList(48, 70).forEach(PulseServer::close);
            return null;
        });
        await().atMost(5, SECONDS)
                .until(() -> pulse.pactl("list", "short", "clients").lines().count() <= 2);
    }

    private PulseServer connect(Cookie cookie) {
        return on(() -> {
            PulseServer made = new PulseServer(
                    new PulseConnections(
                            loop.eventLoop(),
                            PulseAddress.unix(pulse.socket().toString()),
                            () -> CompletableFuture.completedFuture(cookie)),
                    new HostIdentity(GUEST, "Windows 11"),
                    new Backend.Listener() {
                        @Override
                        public void up() {
                            life.add("up");
                        }

                        @Override
                        public void down(String reason) {
                            life.add("down " + reason);
                        }
                    });
            made.connect();
            return made;
        });
    }

    private void play(PlayerLog player, BufferAttr attr) {
        on(() -> player.on(server, Requests.of(Requests.DVD, attr)));
        await("stream").atMost(5, SECONDS).until(() -> on(() -> player.opened != null));
    }

    private <T> T on(Callable<T> task) {
        return loop.call(task).join();
    }

    private static final class Microphone extends PlayerLog implements RecordListener {
        RecordStream stream;
        long loud;

        @Override
        public void fragment(ByteBuf fragment) {
            for (int i = 0; i + 1 < fragment.readableBytes(); i += 2) {
                if (Math.abs(fragment.getShortLE(i)) > 8000) {
                    loud++;
                }
            }
            fragment.release();
        }
    }
}
