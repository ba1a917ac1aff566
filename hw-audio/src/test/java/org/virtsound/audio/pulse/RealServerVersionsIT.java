package org.virtsound.audio.pulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.virtsound.audio.PrivatePulse;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelMap;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.SampleFormat;
import org.virtsound.audio.stream.SampleSpec;

/**
 * PulseAudio lays packets out by the version that its client announced, and closes on a byte too many or too few. So each
 * version's layouts are right if it answers everything, and if all of its answers are read to their last byte.
 */
class RealServerVersionsIT {
    private static final SampleSpec SPEC = new SampleSpec(SampleFormat.S16LE, 2, 48_000);
    private static final ChannelVolumes HALF = ChannelVolumes.flat(2, ChannelVolumes.NORM / 2);
    private static final int ALL_EVENTS = 0x2FF;

    private static PrivatePulse server;
    private static SyncClient busy;

    static IntStream versions() {
        return IntStream.rangeClosed(13, 35);
    }

    @BeforeAll
    static void start() throws IOException {
        assumeTrue(PrivatePulse.installed(), "needs pulseaudio, pulseaudio-utils and setpriv");
        server = PrivatePulse.started();
        // A null sink that nobody is in a hurry with turns once in 2 s; this stream, open all the time, keeps it busy.
        busy = new SyncClient(server.openSocket(), 35);
        busy.ask(new SessionRequest.Auth(35, 0, Cookie.ZERO), Answer.Authorized.class);
        busy.ask(new SessionRequest.SetClientName(media("busy")), Answer.ClientIndex.class);
        busy.ask(stream(960, List.of()), Answer.PlaybackOpened.class);
    }

    @AfterAll
    static void stop() throws IOException {
        if (busy != null) {
            busy.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void everythingIsUnderstoodBothWays(int version) throws IOException {
        try (SyncClient client = new SyncClient(server.openSocket(), version)) {
            var authorized = client.ask(new SessionRequest.Auth(version, 0, Cookie.ZERO), Answer.Authorized.class);
            assertThat(authorized.version()).isEqualTo(35);
            client.ask(
                    new SessionRequest.SetClientName(Proplist.of("application.name", "test")),
                    Answer.ClientIndex.class);
            done(client, new Query.Subscribe(ALL_EVENTS));
            askAround(client);
            play(client, version);
            record(client, version);
            client.await("event", () -> client.events.stream().anyMatch(e -> e instanceof Event.Subscribed));
        }
    }

    private static void askAround(SyncClient client) throws IOException {
        var info = client.ask(new Query.Plain(Opcode.GET_SERVER_INFO), Answer.ServerInfo.class);
        assertThat(info.defaultSink()).isEqualTo("card");
        client.ask(new Query.Plain(Opcode.STAT), Answer.Statistics.class);
        var sinks = client.ask(new Query.Plain(Opcode.GET_SINK_INFO_LIST), Answer.DeviceInfos.class);
        assertThat(sinks.devices()).hasSize(1);
        var sources = client.ask(new Query.Plain(Opcode.GET_SOURCE_INFO_LIST), Answer.DeviceInfos.class);
        assertThat(sources.devices()).extracting(DeviceInfo::name).containsExactly("card.monitor");
        var card = new Query.GetDeviceInfo(Direction.PLAYBACK, Command.NONE, "card");
        assertThat(client.ask(card, Answer.DeviceInfos.class).devices()).hasSize(1);
        var monitor = new Query.GetDeviceInfo(Direction.RECORD, Command.NONE, "card.monitor");
        assertThat(client.ask(monitor, Answer.DeviceInfos.class).devices()).hasSize(1);
        client.ask(new Query.Lookup(Direction.PLAYBACK, "card"), Answer.Found.class);
        client.ask(new Query.Lookup(Direction.RECORD, "card.monitor"), Answer.Found.class);
        var clients = client.ask(new Query.Plain(Opcode.GET_CLIENT_INFO_LIST), Answer.ClientInfos.class);
        int self = clients.clients().get(clients.clients().size() - 1).index();
        client.ask(new Query.GetClientInfo(self), Answer.ClientInfos.class);
        done(client, new SessionRequest.UpdateClientProplist(1, Proplist.of("a", "b")));
        done(client, new SessionRequest.RemoveClientProplist(List.of("a")));
    }

    private static void play(SyncClient client, int version) throws IOException {
        List<FormatInfo> formats = version >= 21 ? List.of(PcmFormat.of(SPEC, ChannelMap.STEREO)) : List.of();
        var opened = client.ask(stream(3840, formats), Answer.PlaybackOpened.class);
        assertThat(opened.spec()).isEqualTo(SPEC);
        assertThat(opened.missingBytes()).isPositive();
        int channel = opened.channel();
        int index = opened.streamIndex();
        client.play(channel, new byte[opened.missingBytes()]);
        client.await("start", () -> client.events.contains(new Event.Started(channel)));
        client.await("credit", () -> client.events.stream().anyMatch(e -> e instanceof Event.Credit));
        client.await("underflow", () -> client.events.stream().anyMatch(e -> e instanceof Event.Underflow));
        var latency = client.ask(
                new StreamCommand.GetLatency(Direction.PLAYBACK, channel, 5L << 32 | 6), Answer.Latency.class);
        assertThat(latency.localTime()).isEqualTo(5L << 32 | 6);
        done(client, new MixerCommand.SetStreamVolume(Direction.PLAYBACK, index, HALF));
        done(client, new MixerCommand.SetStreamMute(Direction.PLAYBACK, index, true));
        var info = client.ask(new Query.GetStreamInfo(Direction.PLAYBACK, index), Answer.StreamInfos.class);
        assertThat(info.streams()).singleElement().satisfies(stream -> {
            assertThat(stream.muted()).isTrue();
            assertThat(stream.volume()).isEqualTo(HALF);
            assertThat(stream.name()).isEqualTo("out");
        });
        client.ask(new Query.Plain(Opcode.GET_SINK_INPUT_INFO_LIST), Answer.StreamInfos.class);
        var set = client.ask(
                new StreamCommand.SetBufferAttr(
                        Direction.PLAYBACK, channel, BufferAttr.playback(-1, 7680, -1, -1), true, false),
                Answer.BufferAttrSet.class);
        assertThat(set.attr().tLength()).isPositive();
        done(client, new StreamCommand.Cork(Direction.PLAYBACK, channel, true));
        done(client, new StreamCommand.Cork(Direction.PLAYBACK, channel, false));
        done(client, new StreamCommand.Trigger(channel));
        done(client, new StreamCommand.Prebuf(channel));
        done(client, new StreamCommand.Flush(Direction.PLAYBACK, channel));
        rest(client, Direction.PLAYBACK, channel);
        done(client, new StreamCommand.Drain(channel));
        done(client, new StreamCommand.Delete(Direction.PLAYBACK, channel));
    }

    private static CreatePlaybackStream stream(int targetBytes, List<FormatInfo> formats) {
        return new CreatePlaybackStream(
                SPEC,
                ChannelMap.STEREO,
                Command.NONE,
                "card",
                BufferAttr.playback(-1, targetBytes, -1, -1),
                EnumSet.of(StreamFlag.VARIABLE_RATE, StreamFlag.ADJUST_LATENCY, StreamFlag.VOLUME_SET),
                0,
                HALF,
                media("out"),
                formats);
    }

    private static void record(SyncClient client, int version) throws IOException {
        Set<StreamFlag> flags = EnumSet.of(StreamFlag.VARIABLE_RATE, StreamFlag.ADJUST_LATENCY);
        List<FormatInfo> formats = version >= 22 ? List.of(PcmFormat.of(SPEC, ChannelMap.STEREO)) : List.of();
        ChannelVolumes volume = ChannelVolumes.flat(2, ChannelVolumes.NORM);
        var opened = client.ask(
                new CreateRecordStream(
                        SPEC,
                        ChannelMap.STEREO,
                        -1,
                        "card.monitor",
                        BufferAttr.record(-1, 3840),
                        flags,
                        media("in"),
                        -1,
                        formats,
                        volume),
                Answer.RecordOpened.class);
        int channel = opened.channel();
        int index = opened.streamIndex();
        client.await("audio", () -> client.blocks.contains(channel));
        client.ask(new StreamCommand.GetLatency(Direction.RECORD, channel, 7), Answer.Latency.class);
        done(client, new MixerCommand.SetStreamVolume(Direction.RECORD, index, volume));
        done(client, new MixerCommand.SetStreamMute(Direction.RECORD, index, true));
        var info = client.ask(new Query.GetStreamInfo(Direction.RECORD, index), Answer.StreamInfos.class);
        assertThat(info.streams()).hasSize(1);
        client.ask(new Query.Plain(Opcode.GET_SOURCE_OUTPUT_INFO_LIST), Answer.StreamInfos.class);
        client.ask(
                new StreamCommand.SetBufferAttr(Direction.RECORD, channel, BufferAttr.record(-1, 960), true, false),
                Answer.BufferAttrSet.class);
        done(client, new StreamCommand.Cork(Direction.RECORD, channel, true));
        done(client, new StreamCommand.Flush(Direction.RECORD, channel));
        rest(client, Direction.RECORD, channel);
        done(client, new StreamCommand.Delete(Direction.RECORD, channel));
    }

    private static void rest(SyncClient client, Direction direction, int channel) throws IOException {
        done(client, new StreamCommand.UpdateSampleRate(direction, channel, 44_100));
        done(client, new StreamCommand.SetName(direction, channel, "other"));
        done(client, new StreamCommand.UpdateProplist(direction, channel, 2, Proplist.of("a", "b")));
        done(client, new StreamCommand.RemoveProplist(direction, channel, List.of("a")));
    }

    private static Proplist media(String name) {
        return Proplist.of("media.name", name);
    }

    private static void done(SyncClient client, Request request) throws IOException {
        client.ask(request, Answer.Done.class);
    }
}
