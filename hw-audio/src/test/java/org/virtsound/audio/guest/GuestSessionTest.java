package org.virtsound.audio.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virtsound.audio.FakeHost;
import org.virtsound.audio.RelayHarness;
import org.virtsound.audio.WireClient;
import org.virtsound.audio.pulse.Answer;
import org.virtsound.audio.pulse.Command;
import org.virtsound.audio.pulse.Cookie;
import org.virtsound.audio.pulse.Direction;
import org.virtsound.audio.pulse.Event;
import org.virtsound.audio.pulse.Failure;
import org.virtsound.audio.pulse.MixerCommand;
import org.virtsound.audio.pulse.Opcode;
import org.virtsound.audio.pulse.Proplist;
import org.virtsound.audio.pulse.Query;
import org.virtsound.audio.pulse.SessionRequest;
import org.virtsound.audio.pulse.StreamCommand;
import org.virtsound.audio.pulse.StreamFlag;
import org.virtsound.audio.relay.GuestPolicy;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.SeekMode;

class GuestSessionTest {
    private FakeHost host;
    private RelayHarness harness;
    private RelayHarness.Guest guest;

    @BeforeEach
    void start() {
        harness = new RelayHarness(loop -> host = new FakeHost(loop.eventLoop()));
        guest = harness.guest("alpha");
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {13, 16, 22, 26, 30, 34, 35, 99})
    void theVersionIsTheGuestsUpTo35AndCarriesNoFlags(int version) {
        try (WireClient client = new WireClient(guest, Math.min(version, 35))) {
            Command answer = client.request(new SessionRequest.Auth(version, 0xC000_0000, Cookie.ZERO));

            assertThat(answer).isEqualTo(new Answer.Authorized(Math.min(version, 35), 0));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {13, 14, 15, 17, 18, 21, 22, 23, 34})
    void aStreamIsOpenedAndHeardAtEveryVersion(int version) {
        try (WireClient client = new WireClient(guest, version)) {
            client.request(new SessionRequest.Auth(version, 0, Cookie.ZERO));
            client.request(new SessionRequest.SetClientName(Proplist.EMPTY));
            Answer.PlaybackOpened opened = client.play("song");
            client.pcm(opened.channel(), new byte[960]);

            assertThat(opened.spec()).isEqualTo(WireClient.SPEC);
            assertThat(opened.missingBytes()).isEqualTo(FakeHost.CREDIT);
            assertThat(client.event(Opcode.REQUEST)).isEqualTo(new Event.Credit(opened.channel(), 960));
            assertThat(client.record().sourceName()).isEqualTo(GuestDevices.SOURCE);
        }
    }

    @Test
    void aDrainIsAnsweredByTheSilenceWhenPlaybackIsSwitchedOffMeanwhile() {
        try (WireClient client = WireClient.ready(guest)) {
            Answer.PlaybackOpened opened = client.play("song");
            host.byHand = true;
            int drain = client.send(new StreamCommand.Drain(opened.channel()));
            await().until(() -> host.streams().get(0).asked.contains("drain"));
            GuestPolicy d = GuestPolicy.DEFAULT;
            guest.relay()
                    .update(new GuestPolicy(false, null, null, null, d.capture(), null, null, null, null))
                    .join();

            FakeHost.FakePlayback silence =
                    (FakeHost.FakePlayback) host.silences.get(0).streams.get(0);
            assertThat(host.streams().get(0).closed).isTrue();
            assertThat(silence.asked).containsExactly("drain");
            harness.loop
                    .call(() -> {
                        silence.drained();
                        return null;
                    })
                    .join();
            assertThat(client.answerTo(drain, Opcode.DRAIN_PLAYBACK_STREAM)).isEqualTo(new Answer.Done());
        }
    }

    @Test
    void aClientOlderThan13IsToldAndClosed() {
        try (WireClient client = new WireClient(guest)) {
            assertThat(client.request(new SessionRequest.Auth(12, 0, Cookie.ZERO)))
                    .isEqualTo(new Failure(ErrorCode.VERSION));
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void aSecondAuthClosesTheConnection() {
        try (WireClient client = WireClient.ready(guest)) {
            client.send(new SessionRequest.Auth(35, 0, Cookie.ZERO));
            assertThat(client.isClosed()).isTrue();
            assertThat(guest.status().closedConnections()).isEqualTo(1);
        }
    }

    @Test
    void aCommandBeforeAuthClosesTheConnection() {
        try (WireClient client = new WireClient(guest)) {
            client.send(new SessionRequest.SetClientName(Proplist.EMPTY));
            assertThat(client.isClosed()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 61, 66, 78, 86, 91, 95, 101, 102, 103, 105, 4711, -1})
    void whatNoClientMaySayClosesTheConnection(int opcode) {
        try (WireClient client = WireClient.ready(guest)) {
            client.send(opcode);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void bytesBehindACommandCloseTheConnection() {
        try (WireClient client = WireClient.ready(guest)) {
            client.send(Opcode.GET_SERVER_INFO.code(), 1);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void nobodyIsKilledMovedOrLoaded() {
        int[] refused = {
            7, 15, 16, 17, 18, 19, 36, 38, 39, 40, 44, 45, 48, 49, 50, 51, 52, 53, 67, 68, 70, 71, 90, 96, 97, 100, 104
        };
        try (WireClient client = WireClient.ready(guest)) {
            for (int opcode : refused) {
                int tag = client.send(opcode, 0);
                assertThat(client.answerTo(tag, Opcode.of(opcode))).isEqualTo(new Failure(ErrorCode.ACCESS));
            }
            assertThat(client.answerTo(client.send(87, 0), Opcode.EXTENSION))
                    .isEqualTo(new Failure(ErrorCode.NOEXTENSION));
            assertThat(client.answerTo(client.send(25, 0), Opcode.GET_MODULE_INFO))
                    .isEqualTo(new Failure(ErrorCode.NOENTITY));
        }
        assertThat(guest.status().refusedCommands()).isEqualTo(refused.length);
    }

    @Test
    void anotherGuestsOrConnectionsStreamIsNoStreamHere() {
        try (WireClient mine = WireClient.ready(guest);
                WireClient other = WireClient.ready(guest)) {
            Answer.PlaybackOpened opened = other.play("theirs");

            assertThat(mine.request(new MixerCommand.SetStreamMute(Direction.PLAYBACK, opened.streamIndex(), true)))
                    .isEqualTo(new Failure(ErrorCode.NOENTITY));
            assertThat(mine.request(new StreamCommand.Delete(Direction.PLAYBACK, opened.channel())))
                    .isEqualTo(new Failure(ErrorCode.NOENTITY));
            assertThat(mine.request(new Query.GetStreamInfo(Direction.PLAYBACK, opened.streamIndex())))
                    .isEqualTo(new Failure(ErrorCode.NOENTITY));
            assertThat(((Answer.StreamInfos) other.request(new Query.Plain(Opcode.GET_SINK_INPUT_INFO_LIST))).streams())
                    .hasSize(1);
        }
    }

    @Test
    void aMonitorOrAHostsSinkIsNotThere() {
        try (WireClient client = WireClient.ready(guest)) {
            for (String name : List.of("alsa_output.usb", "virt-sound.monitor", "@DEFAULT_MONITOR@")) {
                assertThat(client.request(new Query.GetDeviceInfo(Direction.RECORD, -1, name)))
                        .isEqualTo(new Failure(ErrorCode.NOENTITY));
            }
            assertThat(client.request(new Query.GetDeviceInfo(Direction.PLAYBACK, -1, "@DEFAULT_SINK@")))
                    .isEqualTo(GuestDevices.SINKS);
        }
    }

    @Test
    void ofAllPropertiesOnlyTheBoundedMediaNameReachesTheHost() {
        try (WireClient client = WireClient.ready(guest)) {
            client.play("a song\n\u001b[31m" + "x".repeat(500));
            await().until(() -> host.streams().size() == 1);

            assertThat(host.streams().get(0).request.name())
                    .startsWith("alpha: a song[31mxxx")
                    .hasSizeLessThan(140);
        }
    }

    @Test
    void whatTheGuestDoesToItsStreamIsDoneToTheHosts() {
        try (WireClient client = WireClient.ready(guest)) {
            Answer.PlaybackOpened opened = client.play("song");
            int channel = opened.channel();
            Answer done = new Answer.Done();
            assertThat(client.request(new StreamCommand.Cork(Direction.PLAYBACK, channel, true)))
                    .isEqualTo(done);
            assertThat(client.request(new StreamCommand.Flush(Direction.PLAYBACK, channel)))
                    .isEqualTo(done);
            assertThat(client.request(new StreamCommand.Trigger(channel))).isEqualTo(done);
            assertThat(client.request(new StreamCommand.Prebuf(channel))).isEqualTo(done);
            assertThat(client.request(new StreamCommand.Drain(channel))).isEqualTo(done);
            assertThat(client.request(new StreamCommand.SetName(Direction.PLAYBACK, channel, "tune")))
                    .isEqualTo(done);
            assertThat(client.request(new MixerCommand.SetStreamVolume(
                            Direction.PLAYBACK, opened.streamIndex(), ChannelVolumes.flat(1, 0x8000))))
                    .isEqualTo(done);
            assertThat(client.request(new MixerCommand.SetStreamMute(Direction.PLAYBACK, opened.streamIndex(), true)))
                    .isEqualTo(done);
            assertThat(client.request(new StreamCommand.SetBufferAttr(
                            Direction.PLAYBACK, channel, BufferAttr.playback(-1, 1920, -1, -1), true, false)))
                    .isInstanceOf(Answer.BufferAttrSet.class);
            client.pcm(channel, SeekMode.ABSOLUTE, 1920, new byte[4]);
            client.event(Opcode.REQUEST);

            assertThat(host.streams().get(0).asked)
                    .contains(
                            "cork true",
                            "flush",
                            "trigger",
                            "prebuf",
                            "drain",
                            "name alpha: tune",
                            "volume [32768, 32768]",
                            "mute true",
                            "seek ABSOLUTE 1920");
        }
    }

    @Test
    void theGuestsClockComesBackUntouched() {
        try (WireClient client = WireClient.ready(guest)) {
            Answer.PlaybackOpened opened = client.play("song");
            long local = 0x1234_5678_0009_8765L;
            Answer.Latency latency = (Answer.Latency)
                    client.request(new StreamCommand.GetLatency(Direction.PLAYBACK, opened.channel(), local));

            assertThat(latency.localTime()).isEqualTo(local);
            assertThat(latency.running()).isTrue();
        }
    }

    @Test
    void aStreamKilledOnTheHostIsKilledForTheGuest() {
        try (WireClient client = WireClient.ready(guest)) {
            Answer.PlaybackOpened opened = client.play("song");
            FakeHost.FakePlayback stream =
                    (FakeHost.FakePlayback) host.streams().get(0);
            harness.loop.call(() -> {
                stream.listener.ended(ErrorCode.KILLED);
                return null;
            });

            assertThat(client.event(Opcode.PLAYBACK_STREAM_KILLED))
                    .isEqualTo(new Event.Killed(Direction.PLAYBACK, opened.channel()));
            assertThat(guest.status().streams()).isEmpty();
        }
    }

    @Test
    void nothingOfAGoneConnectionStays() {
        WireClient client = WireClient.ready(guest);
        client.play("song");
        client.record();
        client.close();

        await().until(() -> guest.status().connections() == 0);
        assertThat(guest.status().streams()).isEmpty();
        assertThat(host.streams()).allMatch(stream -> stream.closed);
    }

    @Test
    void passthroughIsNotSupported() {
        try (WireClient client = WireClient.ready(guest)) {
            var wish = WireClient.playback("ac3", Set.of(StreamFlag.PASSTHROUGH));
            var compressed = new org.virtsound.audio.pulse.FormatInfo(2, Proplist.EMPTY);
            assertThat(client.request(new org.virtsound.audio.pulse.CreatePlaybackStream(
                            null,
                            null,
                            -1,
                            null,
                            wish.attr(),
                            wish.flags(),
                            0,
                            wish.volume(),
                            wish.properties(),
                            List.of(compressed))))
                    .isEqualTo(new Failure(ErrorCode.NOTSUPPORTED));
        }
    }

    @Test
    void garbageClosesItsOwnConnectionOnly() {
        byte[][] garbage = {
            {0, 0, 0, 0, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
            {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
            {1, 0, 0, 1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
            {0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -128, 0, 0, 0, 1, 2, 3, 4},
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII)
        };
        try (WireClient neighbour = WireClient.ready(guest)) {
            Answer.PlaybackOpened opened = neighbour.play("song");
            for (byte[] bytes : garbage) {
                try (WireClient client = WireClient.ready(guest)) {
                    client.raw(bytes);
                    assertThat(client.isClosed()).isTrue();
                }
            }
            neighbour.pcm(opened.channel(), new byte[960]);
            assertThat(neighbour.event(Opcode.REQUEST)).isEqualTo(new Event.Credit(opened.channel(), 960));
        }
        assertThat(guest.status().closedConnections()).isEqualTo(garbage.length);
    }

    @Test
    void aBlockForAStreamJustDeletedIsNoAttack() {
        try (WireClient client = WireClient.ready(guest)) {
            Answer.PlaybackOpened opened = client.play("song");
            client.request(new StreamCommand.Delete(Direction.PLAYBACK, opened.channel()));
            client.pcm(opened.channel(), new byte[960]);

            assertThat(client.request(new Query.Plain(Opcode.STAT))).isInstanceOf(Answer.Statistics.class);
        }
    }

    @Test
    void anAddressThatNobodyWasAdmittedFromGetsNothing() {
        PulseTcpEndpoint endpoint = new PulseTcpEndpoint(harness.loop);
        var address = endpoint.listen(new java.net.InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 0))
                .join();
        try (WireClient client = new WireClient(new RelayHarness.Guest(guest.relay(), address))) {
            assertThat(client.isClosed()).isTrue();
        }
        endpoint.admit(java.net.InetAddress.getLoopbackAddress(), guest.relay());
        try (WireClient client = WireClient.ready(new RelayHarness.Guest(guest.relay(), address))) {
            endpoint.dismiss(java.net.InetAddress.getLoopbackAddress());
            assertThat(client.isClosed()).isTrue();
        }
        endpoint.close();
    }
}
