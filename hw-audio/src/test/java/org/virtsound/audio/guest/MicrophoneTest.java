package org.virtsound.audio.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virtsound.audio.FakeHost;
import org.virtsound.audio.RelayHarness;
import org.virtsound.audio.WireClient;
import org.virtsound.audio.pulse.Answer;
import org.virtsound.audio.pulse.CreateRecordStream;
import org.virtsound.audio.pulse.Direction;
import org.virtsound.audio.pulse.Frames;
import org.virtsound.audio.pulse.Opcode;
import org.virtsound.audio.pulse.Query;
import org.virtsound.audio.pulse.StreamCommand;
import org.virtsound.audio.pulse.StreamFlag;
import org.virtsound.audio.relay.CapturePolicy;
import org.virtsound.audio.relay.GuestPolicy;
import org.virtsound.audio.relay.RelayEvent;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.SampleSpec;

/** Who hears the microphone, and when no longer: a host that says 1 for every sample of it, and 0 for silence. */
class MicrophoneTest {
    private static final int FRAGMENT_BYTES = 960;

    private FakeHost host;
    private RelayHarness harness;
    private RelayHarness.Guest guest;
    private WireClient client;
    private Answer.RecordOpened stream;

    @BeforeEach
    void start() {
        harness = new RelayHarness(loop -> host = new FakeHost(loop.eventLoop()));
        guest = harness.guest("alpha");
        client = WireClient.ready(guest);
        stream = client.record();
    }

    @AfterEach
    void stop() {
        client.close();
        harness.close();
    }

    @Test
    void withoutAGrantThereIsSilenceAndNoStreamOnTheHost() {
        speak(5);

        assertThat(next()).isEqualTo((byte) 0);
        assertThat(host.streams()).isEmpty();
        assertThat(guest.status().mic().onAir()).isFalse();
        assertThat(guest.status().mic().requests()).isEqualTo(1);
        assertThat(harness.events)
                .contains(new RelayEvent.MicRequested(guest.relay().identity()));
    }

    @Test
    void oneWhoAsksWithoutEndIsCountedEachTimeAndToldOfOnce() {
        for (int i = 0; i < 20; i++) {
            client.request(new StreamCommand.Delete(Direction.RECORD, stream.channel()));
            stream = client.record();
        }

        assertThat(guest.status().mic().requests()).isEqualTo(21);
        assertThat(harness.events)
                .filteredOn(RelayEvent.MicRequested.class::isInstance)
                .hasSize(1);
    }

    @Test
    void aGrantTurnsTheSameStreamLiveAndARevokeTakesItBack() {
        grant();
        speak(3);
        assertThat(next()).isEqualTo((byte) 1);
        assertThat(guest.status().mic().onAir()).isTrue();

        guest.relay().micRevoke("ann").join();
        assertThat(host.streams()).allMatch(s -> s.closed);
        speak(3);
        client.request(new Query.Plain(Opcode.STAT));
        drainUntilSilence();
        assertThat(guest.status().mic().onAir()).isFalse();
        assertThat(guest.status().streams()).hasSize(1);
    }

    @Test
    void thePolicyOffRefusesTheGrantAndEndsOneThatRuns() {
        grant();
        GuestPolicy off = new GuestPolicy(true, null, null, null, CapturePolicy.OFF, null, null, null, null);
        guest.relay().update(off).join();

        assertThat(host.streams()).allMatch(s -> s.closed);
        assertThatThrownBy(() -> guest.relay().micGrant("ann", null).join())
                .isInstanceOf(CompletionException.class)
                .hasRootCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void aStreamThatRunsFollowsTheLatencyOfThePolicyAndSoDoesItsSilence() {
        grant();
        guest.relay().update(atMost(2)).join();
        assertThat(host.streams().get(0).asked)
                .containsExactly("bufferAttr " + BufferAttr.record(-1, 2 * WireClient.SPEC.frameBytes() * 48));

        guest.relay().micRevoke("ann").join();
        guest.relay().update(atMost(3)).join();
        List<FakeHost.FakeStream> silent = host.silences.get(0).streams;
        assertThat(silent.get(silent.size() - 1).asked)
                .containsExactly("bufferAttr " + BufferAttr.record(-1, 3 * WireClient.SPEC.frameBytes() * 48));
    }

    private static GuestPolicy atMost(int ms) {
        return new GuestPolicy(true, null, null, null, CapturePolicy.ASK, null, null, null, ms);
    }

    @Test
    void aGrantEndsAtItsTime() {
        guest.relay().micGrant("ann", Duration.ofMillis(100)).join();
        await().until(() -> !host.streams().isEmpty() && host.streams().get(0).closed);

        assertThat(guest.status().mic().granted()).isFalse();
        await().until(() ->
                harness.events.contains(new RelayEvent.MicExpired(guest.relay().identity())));
    }

    @Test
    void aHostThatRefusesTheMicrophoneLeavesSilence() {
        grant();
        FakeHost.FakeRecord live = (FakeHost.FakeRecord) host.streams().get(0);
        onLoop(() -> live.listener.ended(org.virtsound.audio.stream.ErrorCode.NOENTITY));
        speak(2);
        drainUntilSilence();

        assertThat(guest.status().streams()).hasSize(1);
    }

    @Test
    void theReadIndexNeverGoesBackWhenTheMicrophoneComesAndGoes() {
        long last = 0;
        for (int i = 0; i < 6; i++) {
            if (i % 2 == 0) {
                grant();
            } else {
                guest.relay().micRevoke("ann").join();
            }
            speak(4);
            Answer.Latency latency = (Answer.Latency)
                    client.request(new StreamCommand.GetLatency(Direction.RECORD, stream.channel(), 7));
            assertThat(latency.readIndex()).isGreaterThanOrEqualTo(last + 4L * FRAGMENT_BYTES);
            last = latency.readIndex();
        }
    }

    @Test
    void aLatencyQuestionUnderWayIsAnsweredByTheNextStream() {
        int tag = client.send(new StreamCommand.GetLatency(Direction.RECORD, stream.channel(), 7));
        for (int i = 0; i < 20; i++) {
            guest.relay().micGrant("ann", null).join();
            guest.relay().micRevoke("ann").join();
        }
        assertThat(client.answerTo(tag, Opcode.GET_RECORD_LATENCY)).isInstanceOf(Answer.Latency.class);
    }

    @Test
    void noHostSampleFollowsTheAnswerToARevokeHoweverTheyRace() throws InterruptedException {
        int rounds = Boolean.getBoolean("virtsound.full") ? 10_000 : 500;
        var speaker = harness.loop.eventLoop().scheduleAtFixedRate(() -> say(1), 0, 200, TimeUnit.MICROSECONDS);
        int liveRounds = 0;
        for (int i = 0; i < rounds; i++) {
            Thread granter =
                    new Thread(() -> guest.relay().micGrant("ann", null).join());
            granter.start();
            if (i % 3 == 0) {
                var early = guest.relay().micRevoke("bob");
                early.join();
            }
            granter.join();
            if (i % 3 != 0 && i % 5 == 0) {
                await().pollDelay(Duration.ZERO)
                        .until(() -> guest.status().streams().get(0).live());
            }
            guest.relay().micRevoke("bob").join();
            int tag = client.send(new Query.Plain(Opcode.STAT));
            boolean answered = false;
            for (int silent = 0; silent < 2; ) {
                WireClient.Frame frame = client.next();
                assertThat(frame).isNotNull();
                if (frame.isControl()) {
                    answered |= frame.tag() == tag;
                } else if (answered) {
                    assertThat(frame.body())
                            .as("round %d, after the revoke's answer", i)
                            .containsOnly(0);
                    silent++;
                } else if (frame.body()[0] == 1) {
                    liveRounds++;
                }
            }
        }
        onLoop(() -> speaker.cancel(false));
        assertThat(liveRounds).as("blocks of the microphone heard in between").isPositive();
    }

    @Test
    void atMost50MsLieInTheKernelBeforeAGuestThatDoesNotRead() throws Exception {
        speakAndLookIntoTheKernel(WireClient.SPEC);
    }

    @Test
    void theBoundOfTheKernelFollowsTheRate() throws Exception {
        client.request(new StreamCommand.Delete(Direction.RECORD, stream.channel()));
        stream = (Answer.RecordOpened) client.request(recordingFast());
        client.request(new StreamCommand.UpdateSampleRate(Direction.RECORD, stream.channel(), 8_000));

        speakAndLookIntoTheKernel(new SampleSpec(WireClient.SPEC.format(), 2, 8_000));
    }

    private static CreateRecordStream recordingFast() {
        CreateRecordStream usual = WireClient.recording(FRAGMENT_BYTES);
        return new CreateRecordStream(
                new SampleSpec(WireClient.SPEC.format(), 2, 384_000),
                usual.map(),
                usual.sourceIndex(),
                usual.sourceName(),
                usual.attr(),
                Set.of(StreamFlag.VARIABLE_RATE),
                usual.properties(),
                usual.directOnInput(),
                usual.formats(),
                usual.volume());
    }

    private void speakAndLookIntoTheKernel(SampleSpec spec) throws Exception {
        grant();
        var speaker = harness.loop
                .eventLoop()
                .scheduleAtFixedRate(() -> host.streams().forEach(live -> hear(live, 1)), 0, 1, TimeUnit.MILLISECONDS);
        long limit = spec.bytesOf(RecordOutlet.KERNEL_MS * 1000L);
        await().atMost(Duration.ofSeconds(20)).until(() -> sendQueueBytes() > limit / 2);
        for (int look = 0; look < 20; look++) {
            assertThat(sendQueueBytes()).as("look %d", look).isLessThanOrEqualTo(limit + Frames.HEADER_BYTES);
        }
        guest.relay().micRevoke("ann").join();
        assertThat(sendQueueBytes()).isLessThanOrEqualTo(limit + Frames.HEADER_BYTES);
        int tag = client.send(new Query.Plain(Opcode.STAT));
        client.answerTo(tag, Opcode.STAT);
        onLoop(() -> speaker.cancel(false));

        assertThat(host.streams()).allMatch(s -> s.closed);
    }

    @Test
    void whatAGuestDoesNotReadInTimeIsDroppedAndCounted() {
        grant();
        assertThat(guest.status().droppedBytes()).isZero();
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            speak(500);
            return guest.status().droppedBytes() > 0;
        });
        assertThat(guest.status().connections()).isEqualTo(1);
    }

    @Test
    void nothingRecordedBeforeAFlushFollowsItsReply() {
        grant();
        int live = host.streams().size() - 1;
        speak(500);
        int tag = client.send(new StreamCommand.Flush(Direction.RECORD, stream.channel()));
        await().until(() -> host.streams().get(live).asked.contains("flush"));
        onLoop(() -> say(2));

        boolean flushed = false;
        int before = 0;
        for (WireClient.Frame frame = client.next(); ; frame = client.next()) {
            assertThat(frame).isNotNull();
            if (frame.isControl()) {
                flushed |= frame.tag() == tag;
            } else if (flushed) {
                assertThat(frame.body()).containsOnly(2);
                break;
            } else {
                before++;
            }
        }
        assertThat(before).as("blocks given to the kernel before").isPositive();
    }

    private long sendQueueBytes() throws Exception {
        String port = Integer.toString(guest.address().getPort());
        Process ss = new ProcessBuilder("ss", "-Htn", "sport", "=", ":" + port).start();
        String[] words = new String(ss.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                .strip()
                .split("\\s+");
        return Long.parseLong(words[2]);
    }

    private void grant() {
        guest.relay().micGrant("ann", null).join();
        await().pollDelay(Duration.ZERO)
                .until(() -> guest.status().streams().get(0).live());
    }

    private void speak(int fragments) {
        onLoop(() -> {
            for (int i = 0; i < fragments; i++) {
                say(1);
            }
        });
    }

    /** The microphone says 1 to whoever listens, the clock 0. */
    private void say(int sample) {
        for (FakeHost.FakeStream live : host.streams()) {
            hear(live, sample);
        }
        host.silences.forEach(place -> place.streams.forEach(silent -> hear(silent, 0)));
    }

    private static void hear(FakeHost.FakeStream stream, int sample) {
        if (stream instanceof FakeHost.FakeRecord record && !record.closed) {
            byte[] pcm = new byte[FRAGMENT_BYTES];
            Arrays.fill(pcm, (byte) sample);
            ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(FRAGMENT_BYTES);
            record.hear(buffer.writeBytes(pcm));
        }
    }

    private byte next() {
        while (true) {
            WireClient.Frame frame = client.next();
            assertThat(frame).isNotNull();
            if (!frame.isControl()) {
                assertThat(frame.channel()).isEqualTo(stream.channel());
                return frame.body()[0];
            }
        }
    }

    private void drainUntilSilence() {
        while (next() != 0) {
            // Handed over before.
        }
    }

    private void onLoop(Runnable task) {
        harness.loop
                .call(() -> {
                    task.run();
                    return null;
                })
                .join();
    }
}
