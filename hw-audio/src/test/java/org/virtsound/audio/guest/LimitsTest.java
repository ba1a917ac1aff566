package org.virtsound.audio.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virtsound.audio.FakeHost;
import org.virtsound.audio.RelayHarness;
import org.virtsound.audio.WireClient;
import org.virtsound.audio.pulse.Answer;
import org.virtsound.audio.pulse.Direction;
import org.virtsound.audio.pulse.Failure;
import org.virtsound.audio.pulse.Frames;
import org.virtsound.audio.pulse.Opcode;
import org.virtsound.audio.pulse.Proplist;
import org.virtsound.audio.pulse.Query;
import org.virtsound.audio.pulse.SessionRequest;
import org.virtsound.audio.pulse.StreamCommand;
import org.virtsound.audio.pulse.StreamFlag;
import org.virtsound.audio.relay.GuestLimits;
import org.virtsound.audio.relay.RelayEvent;
import org.virtsound.audio.stream.ErrorCode;

/** Each limit of a guest, reached: what happens to the guest, and that its neighbour plays on. */
class LimitsTest {
    private static final GuestLimits LIMITS = new GuestLimits(4, 3, 2_048, 4_096, 128 << 10, 1, 400_000);

    private FakeHost host;
    private RelayHarness harness;
    private RelayHarness.Guest guest;
    private WireClient neighbour;
    private Answer.PlaybackOpened song;

    @BeforeEach
    void start() {
        harness = new RelayHarness(loop -> host = new FakeHost(loop.eventLoop()), LIMITS);
        guest = harness.guest("alpha");
        neighbour = WireClient.ready(harness.guest("beta"));
        song = neighbour.play("song");
    }

    @AfterEach
    void theNeighbourPlaysOn() {
        neighbour.pcm(song.channel(), new byte[960]);
        assertThat(neighbour.event(Opcode.REQUEST)).isNotNull();
        neighbour.close();
        harness.close();
    }

    private List<String> hits() {
        return harness.events.stream()
                .filter(RelayEvent.LimitHit.class::isInstance)
                .map(event -> ((RelayEvent.LimitHit) event).limit())
                .toList();
    }

    @Test
    void theFifthConnectionIsClosed() {
        List<WireClient> clients = new ArrayList<>();
        for (int i = 0; i < LIMITS.connections(); i++) {
            clients.add(WireClient.ready(guest));
        }
        try (WireClient one = new WireClient(guest)) {
            assertThat(one.isClosed()).isTrue();
        }
        assertThat(guest.status().connections()).isEqualTo(LIMITS.connections());
        assertThat(hits()).containsExactly("connections");
        clients.forEach(WireClient::close);
        await().until(() -> guest.status().connections() == 0);
        WireClient.ready(guest).close();
    }

    @Test
    void theFourthStreamIsRefusedAndThereIsRoomOnceOneIsGone() {
        try (WireClient client = WireClient.ready(guest)) {
            Answer.PlaybackOpened first = client.play("1");
            client.play("2");
            client.record();

            assertThat(client.request(WireClient.playback("4", Set.of()))).isEqualTo(new Failure(ErrorCode.TOOLARGE));
            assertThat(hits()).containsExactly("streams");
            client.request(new StreamCommand.Delete(Direction.PLAYBACK, first.channel()));
            client.play("4");
        }
    }

    @Test
    void samplesOfAllStreamsAreBoundedInSumAndAFasterRateCountsToo() {
        try (WireClient client = WireClient.ready(guest)) {
            Answer.PlaybackOpened first =
                    (Answer.PlaybackOpened) client.request(WireClient.playback("1", Set.of(StreamFlag.VARIABLE_RATE)));
            client.play("2");

            assertThat(client.request(new StreamCommand.UpdateSampleRate(Direction.PLAYBACK, first.channel(), 300_000)))
                    .isEqualTo(new Failure(ErrorCode.TOOLARGE));
            assertThat(hits()).containsExactly("samples-per-s");
            assertThat(client.request(new StreamCommand.UpdateSampleRate(Direction.PLAYBACK, first.channel(), 140_000)))
                    .isNotInstanceOf(Failure.class);
            assertThat(client.request(WireClient.playback("3", Set.of()))).isEqualTo(new Failure(ErrorCode.TOOLARGE));
            client.request(new StreamCommand.Delete(Direction.PLAYBACK, first.channel()));
            client.play("3");
        }
    }

    @Test
    void aControlPacketTooLongClosesTheConnection() {
        try (WireClient client = WireClient.ready(guest)) {
            client.send(new SessionRequest.SetClientName(
                    Proplist.of("application.name", "x".repeat(LIMITS.controlBytes()))));
            assertThat(client.isClosed()).isTrue();
        }
        assertThat(hits()).containsExactly("protocol");
    }

    @Test
    void aBlockTooLongClosesTheConnection() {
        try (WireClient client = WireClient.ready(guest)) {
            client.pcm(0, new byte[LIMITS.memblockBytes() + 1]);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void tooManyPropertiesCloseTheConnection() {
        Proplist bomb = Proplist.EMPTY;
        for (int i = 0; i < 65; i++) {
            bomb = bomb.with("k" + i, "v");
        }
        try (WireClient client = WireClient.ready(guest)) {
            client.send(new SessionRequest.SetClientName(bomb));
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void whoSaysNothingIsClosedAfterASecond() {
        try (WireClient client = new WireClient(guest)) {
            assertThat(client.isClosed()).isTrue();
        }
        assertThat(hits()).containsExactly("auth-s");
    }

    @Test
    void whoSaysItByteByByteIsClosedAllTheSame() {
        try (WireClient client = new WireClient(guest)) {
            client.raw((byte) 0, (byte) 0, (byte) 1);
            assertThat(client.isClosed()).isTrue();
        }
        assertThat(hits()).containsExactly("auth-s");
    }

    @Test
    void whoAsksAndNeverReadsIsClosed() {
        ByteBuf questions = Unpooled.buffer();
        for (int i = 0; i < 500; i++) {
            int start = Frames.beginControl(questions);
            new org.virtsound.audio.pulse.TagWriter()
                    .reset(questions)
                    .u32(Opcode.GET_SINK_INFO_LIST.code())
                    .u32(i);
            Frames.endControl(questions, start);
        }
        try (WireClient client = WireClient.ready(guest)) {
            try {
                for (int i = 0; i < 500 && guest.status().closedConnections() == 0; i++) {
                    client.raw(questions.copy());
                }
            } catch (UncheckedIOException e) {
                // Closed while it was writing.
            }
            await().until(() -> guest.status().closedConnections() == 1);
        }
        assertThat(hits()).containsExactly("queued-bytes");
    }

    @Test
    void whoRecordsAndNeverReadsLosesTheOldestAndNothingElseGrows() {
        try (WireClient client = WireClient.ready(guest)) {
            client.record();
            FakeHost.FakeRecord silence = (FakeHost.FakeRecord) host.silences.get(0).streams.stream()
                    .filter(FakeHost.FakeRecord.class::isInstance)
                    .findFirst()
                    .orElseThrow();
            for (int i = 0; i < 1_000; i++) {
                harness.loop
                        .call(() -> {
                            for (int block = 0; block < 10; block++) {
                                silence.hear(PooledByteBufAllocator.DEFAULT
                                        .directBuffer(960)
                                        .writeZero(960));
                            }
                            return null;
                        })
                        .join();
            }
            assertThat(guest.status().connections()).isEqualTo(1);
            assertThat(client.request(new Query.Plain(Opcode.STAT))).isInstanceOf(Answer.Statistics.class);
        }
    }

    @Test
    void whatWaitsOfSixteenRecordStreamsIsBoundedInSum() {
        GuestLimits sixteen = new GuestLimits(1, 16, 2_048, 4_096, 256 << 10, 5, 8_000_000);
        FakeHost[] microphone = new FakeHost[1];
        try (RelayHarness many = new RelayHarness(loop -> microphone[0] = new FakeHost(loop.eventLoop()), sixteen)) {
            RelayHarness.Guest recording = many.guest("gamma");
            recording.relay().micGrant("ann", null).join();
            WireClient client = WireClient.ready(recording);
            for (int i = 0; i < sixteen.streams(); i++) {
                client.record();
            }
            for (int i = 0; i < 500; i++) {
                many.loop.call(() -> speak(microphone[0])).join();
            }
            int inTheKernel = 192 << 10;
            assertThat(recording.status().recordedBytes()).isEqualTo(500L * 16 * 960);
            assertThat(recording.status().recordedBytes() - recording.status().droppedBytes())
                    .isLessThanOrEqualTo(sixteen.queuedBytes() + inTheKernel);
            assertThat(client.request(new Query.Plain(Opcode.STAT))).isInstanceOf(Answer.Statistics.class);
            client.close();
        }
    }

    private static int speak(FakeHost microphone) {
        int streams = 0;
        for (FakeHost.FakeStream stream : microphone.streams()) {
            if (stream instanceof FakeHost.FakeRecord record) {
                record.hear(PooledByteBufAllocator.DEFAULT.directBuffer(960).writeZero(960));
                streams++;
            }
        }
        return streams;
    }

    @Test
    void streamsOpenedAndClosedWithoutEndAreRefusedInTheEnd() {
        int refused = 0;
        try (WireClient client = WireClient.ready(guest)) {
            for (int i = 0; i < 300; i++) {
                if (client.request(WireClient.playback("x", Set.of())) instanceof Answer.PlaybackOpened opened) {
                    client.request(new StreamCommand.Delete(Direction.PLAYBACK, opened.channel()));
                } else {
                    refused++;
                }
            }
        }
        assertThat(refused).isPositive();
        assertThat(host.streams().size()).isLessThan(301);
    }

    @Test
    void aLimitHitAThousandTimesIsSaidOnce() {
        for (int i = 0; i < 100; i++) {
            try (WireClient client = new WireClient(guest)) {
                client.raw(new byte[20]);
                assertThat(client.isClosed()).isTrue();
            }
        }
        assertThat(guest.status().closedConnections()).isEqualTo(100);
        assertThat(hits()).containsExactly("protocol");
    }
}
