package org.virtsound.audio.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtsound.audio.Client;
import org.virtsound.audio.PrivatePulse;
import org.virtsound.audio.RelayHarness;
import org.virtsound.audio.Tone;
import org.virtsound.audio.WireClient;
import org.virtsound.audio.pulse.Answer;
import org.virtsound.audio.pulse.Cookie;
import org.virtsound.audio.pulse.Direction;
import org.virtsound.audio.pulse.Frames;
import org.virtsound.audio.pulse.Opcode;
import org.virtsound.audio.pulse.Proplist;
import org.virtsound.audio.pulse.SessionRequest;
import org.virtsound.audio.pulse.StreamCommand;
import org.virtsound.audio.pulse.TagWriter;
import org.virtsound.audio.stream.SeekMode;

/** One guest does its worst, in every way we know, while another plays a tone: there is no gap in it, and nothing of ours grows. */
class AttackIT {
    private static final boolean FULL = Boolean.getBoolean("virtsound.full");
    private static final long EACH_NANOS = TimeUnit.MILLISECONDS.toNanos(FULL ? 5_000 : 500);
    private static final int ATTACKS = 9;
    private static final long GROWTH_MAX_BYTES = 48L << 20;

    @TempDir
    Path files;

    private RelayHarness.Guest attacker;

    @Test
    void aNeighboursToneHasNoGap() throws IOException {
        assumeTrue(PrivatePulse.installed(), "needs pulseaudio, pulseaudio-utils and setpriv");
        try (PrivatePulse pulse = PrivatePulse.started("module-null-sink sink_name=mic");
                RelayHarness harness = RelayHarness.over(pulse)) {
            pulse.pactl("set-default-sink", "card");
            attacker = harness.guest("attacker");
            RelayHarness.Guest neighbour = harness.guest("neighbour");
            long seconds = TimeUnit.NANOSECONDS.toSeconds(EACH_NANOS * ATTACKS) * 3 + 20;
            Path tone = files.resolve("tone.raw");
            pulse.run(
                    "sox",
                    "-q",
                    "-n",
                    "-r",
                    "48000",
                    "-b",
                    "16",
                    "-e",
                    "signed",
                    "-c",
                    "2",
                    "-t",
                    "raw",
                    tone.toString(),
                    "synth",
                    seconds + "",
                    "sine",
                    "1000",
                    "vol",
                    "0.5");
            long before = usedBytes();
            try (PrivatePulse.Recording card = pulse.record();
                    Client pacat = Client.start(
                            neighbour.server(),
                            "pacat",
                            "--raw",
                            "--rate=48000",
                            "--latency-msec=1000",
                            tone.toString())) {
                await().atMost(Duration.ofSeconds(10))
                        .until(() -> neighbour.status().playedBytes() > 384_000);
                attack("connections without end", this::floodConnections);
                attack("a byte at a time", this::writeByteByByte);
                attack("frames too long", this::sendHugeFrames);
                attack("questions, answers unread", this::neverRead);
                attack("streams opened and closed", this::churnStreams);
                attack("property lists", this::sendPropertyBombs);
                attack("blocks of one byte", this::sendTinyBlocks);
                attack("cork, flush, seek", this::corkAndFlush);
                attack("record streams unread", this::recordUnread);
                assertThat(pacat.isAlive()).as(pacat.output()).isTrue();

                Tone heard = card.heard();
                List<Long> gaps = heard.gapsMs(1000, 0.3);
                System.out.printf(
                        "%d ms of the neighbour's tone, gaps %s; the attacker: %s%n",
                        heard.lengthMs(), gaps, attacker.status());
                assertThat(gaps).isEmpty();
            }
            attacker.relay().close().join();
            await().until(() ->
                    pulse.pactl("list", "short", "sink-inputs").lines().count() <= 1);
            assertThat(usedBytes() - before).isLessThan(GROWTH_MAX_BYTES);
        }
    }

    private interface Blow {
        void strike(WireClient client);
    }

    /** Strikes again and again; a connection that was closed for it is followed by the next. */
    private void attack(String how, Blow blow) {
        long end = System.nanoTime() + EACH_NANOS;
        int blows = 0;
        int connections = 0;
        while (System.nanoTime() < end) {
            connections++;
            try (WireClient client = new WireClient(attacker)) {
                client.socket().setSoTimeout(500);
                while (System.nanoTime() < end) {
                    blow.strike(client);
                    blows++;
                }
            } catch (UncheckedIOException | IllegalStateException | IOException e) {
                // Closed by the relay: that is what it is for.
                Thread.yield();
            }
        }
        System.out.printf("%-28s %6d blows over %d connections%n", how, blows, connections);
        assertThat(blows + connections).isPositive();
    }

    private void floodConnections(WireClient client) {
        List<WireClient> more = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                more.add(new WireClient(attacker));
            }
        } finally {
            more.forEach(WireClient::close);
        }
    }

    private void writeByteByByte(WireClient client) {
        ByteBuf auth = Unpooled.buffer();
        new SessionRequest.Auth(35, 0, Cookie.ZERO).writeTo(auth, new TagWriter(), 0, 35);
        while (auth.isReadable()) {
            client.raw(auth.readByte());
        }
        throw new IllegalStateException("done: the next connection");
    }

    private void sendHugeFrames(WireClient client) {
        ByteBuf header = Unpooled.buffer();
        header.writeInt(-1).writeInt(-1).writeLong(0).writeInt(0);
        client.raw(header);
        client.raw(new byte[64 << 10]);
    }

    private void neverRead(WireClient client) {
        authorize(client);
        for (int i = 0; i < 2_000; i++) {
            client.send(Opcode.GET_SINK_INFO_LIST.code());
        }
    }

    private void churnStreams(WireClient client) {
        authorize(client);
        for (int i = 0; i < 200; i++) {
            if (client.request(WireClient.playback("x" + i, Set.of())) instanceof Answer.PlaybackOpened opened) {
                client.request(new StreamCommand.Delete(Direction.PLAYBACK, opened.channel()));
            }
        }
        throw new IllegalStateException("done: the next connection");
    }

    private void sendPropertyBombs(WireClient client) {
        authorize(client);
        Proplist bomb = Proplist.EMPTY;
        for (int i = 0; i < 64; i++) {
            bomb = bomb.with("k" + i, "v".repeat(900));
        }
        for (int i = 0; i < 100; i++) {
            client.request(new SessionRequest.SetClientName(bomb));
        }
        throw new IllegalStateException("done: the next connection");
    }

    private void sendTinyBlocks(WireClient client) {
        authorize(client);
        Answer.PlaybackOpened opened = client.play("tiny");
        ByteBuf blocks = Unpooled.buffer();
        for (int i = 0; i < 1_000; i++) {
            Frames.memblockHeader(blocks, 1, opened.channel(), 0, SeekMode.RELATIVE);
            blocks.writeByte(0);
        }
        for (int i = 0; i < 50; i++) {
            client.raw(blocks.copy());
        }
        throw new IllegalStateException("done: the next connection");
    }

    private void corkAndFlush(WireClient client) {
        authorize(client);
        Answer.PlaybackOpened opened = client.play("corks");
        for (int i = 0; i < 500; i++) {
            client.request(new StreamCommand.Cork(Direction.PLAYBACK, opened.channel(), i % 2 == 0));
            client.request(new StreamCommand.Flush(Direction.PLAYBACK, opened.channel()));
            client.pcm(opened.channel(), SeekMode.ABSOLUTE, i * 1_000_003L, new byte[64]);
        }
        throw new IllegalStateException("done: the next connection");
    }

    private void recordUnread(WireClient client) {
        authorize(client);
        for (int i = 0; i < 20; i++) {
            client.send(WireClient.recording(1));
        }
        long until = System.nanoTime() + EACH_NANOS / 2;
        await().atMost(Duration.ofSeconds(20)).until(() -> System.nanoTime() > until);
        throw new IllegalStateException("done: the next connection");
    }

    private static void authorize(WireClient client) {
        client.request(new SessionRequest.Auth(35, 0, Cookie.ZERO));
        client.request(new SessionRequest.SetClientName(Proplist.EMPTY));
    }

    /** Heap behind a collection, and what Netty has taken from the system. */
    private static long usedBytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory()
                - runtime.freeMemory()
                + PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    }
}
