package org.virtsound.audio.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virtsound.audio.FakeHost;
import org.virtsound.audio.relay.GuestIdentity;
import org.virtsound.audio.relay.GuestLimits;
import org.virtsound.audio.relay.GuestPolicy;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.audio.relay.GuestRelays;
import org.virtsound.audio.relay.RelayEvent;
import org.virtsound.audio.relay.RelayStatus;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.vchan.FakeVchans;
import org.virtsound.audio.vchan.VchanPeer;

/** The real relay between a guest in memory and a host whose clock is the test's hand. */
class QubesEndpointTest {
    private static final int MIC_WANTED = 0x00010001;
    private static final int MIC_UNWANTED = 0x00010000;
    private static final int UNCORK = 0x00020001;
    private static final int CORK = 0x00020000;
    private static final VchanPeer PEER = new VchanPeer(7, false);

    private final AudioLoop loop = new AudioLoop();
    private final FakeHost host = new FakeHost(loop.eventLoop());
    private final FakeVchans vchans = new FakeVchans(loop.eventLoop());
    private final List<RelayEvent> events = new CopyOnWriteArrayList<>();
    private final GuestRelays relays = new GuestRelays(loop, host, GuestLimits.DEFAULT, events::add);
    private final QubesEndpoint endpoint = new QubesEndpoint(loop, vchans);
    private GuestRelay relay;
    private FakeVchans.End playback;
    private FakeVchans.End capture;

    @BeforeEach
    void connect() {
        host.byHand = true;
        UUID uuid = UUID.nameUUIDFromBytes("work".getBytes(StandardCharsets.UTF_8));
        relay = relays.open(new GuestIdentity(uuid, "work", "work"), GuestPolicy.DEFAULT);
        endpoint.admit(PEER, relay);
        await().until(() -> streams() == 1);
        await().until(() -> status().streams().size() == 1);
        ends();
    }

    @AfterEach
    void stop() {
        endpoint.close();
        relays.close();
        loop.close();
    }

    @Test
    void aGuestThatSaysNothingPlaysAndWantsNoMicrophone() {
        byte[] pcm = noise(400);
        guestPlays(pcm);
        assertThat(heard()).isEqualTo(pcm);
        assertThat(stream().request.corked()).isFalse();
        assertThat(status().streams()).singleElement().matches(s -> s.playback());
    }

    @Test
    void theRingIsReadExactlyAsFarAsTheHostAsks() {
        byte[] pcm = noise(40_000);
        guestPlays(pcm);
        assertThat(heard()).isEqualTo(Arrays.copyOf(pcm, FakeHost.CREDIT));
        credit(1000);
        assertThat(heard()).isEqualTo(Arrays.copyOf(pcm, FakeHost.CREDIT + 1000));
        // Credit that finds an empty ring is kept for what comes.
        credit(100_000);
        guestPlays(pcm);
        assertThat(heard()).hasSize(80_000);
    }

    @Test
    void onlyWholeFramesGoOnHoweverTheGuestCutsThem() {
        byte[] pcm = noise(1000);
        int at = 0;
        for (int size : new int[] {1, 2, 3, 5, 1, 1, 1, 1, 7, 500, 478}) {
            guestPlays(Arrays.copyOfRange(pcm, at, at + size));
            at += size;
            assertThat(heard().length % 4).isZero();
        }
        assertThat(at).isEqualTo(1000);
        assertThat(heard()).isEqualTo(pcm);
    }

    @Test
    void corkPlaysOutTheRingThenTheHostThenCorks() {
        byte[] pcm = noise(FakeHost.CREDIT + 2000);
        guestPlays(pcm);
        say(CORK);
        assertThat(stream().asked).doesNotContain("drain");
        credit(3840);
        assertThat(heard()).isEqualTo(pcm);
        assertThat(stream().asked).containsExactly("drain");
        drained();
        assertThat(stream().asked).containsExactly("drain", "cork true");
    }

    @Test
    void whatComesDuringTheDrainIsHeardBeforeTheCork() {
        say(CORK);
        assertThat(stream().asked).containsExactly("drain");
        byte[] late = noise(800);
        playback.toHost.writeBytes(late);
        drained();
        assertThat(heard()).isEqualTo(late);
        assertThat(stream().asked).containsExactly("drain", "drain");
        drained();
        assertThat(stream().asked).containsExactly("drain", "drain", "cork true");
    }

    @Test
    void whatComesDuringTheDrainIsHeardBeforeTheCorkAlsoWhereTheHostHasNoRoomAtItsEnd() {
        say(CORK);
        assertThat(stream().asked).containsExactly("drain");
        byte[] late = noise(FakeHost.CREDIT + 2000);
        guestPlays(late);
        drained();
        assertThat(stream().asked).containsExactly("drain");
        credit(3840);
        assertThat(heard()).isEqualTo(late);
        assertThat(stream().asked).containsExactly("drain", "drain");
        drained();
        assertThat(stream().asked).containsExactly("drain", "drain", "cork true");
    }

    @Test
    void uncorkDuringTheDrainCallsTheCorkOff() {
        say(CORK);
        settle();
        say(UNCORK);
        drained();
        assertThat(stream().asked).containsExactly("drain");
        guestPlays(noise(400));
        assertThat(heard()).hasSize(400);
    }

    @Test
    void audioThatOvertakesItsUncorkIsNotLost() {
        say(CORK);
        drained();
        byte[] early = noise(2000);
        guestPlays(early);
        assertThat(heard()).isEqualTo(early);
        settle();
        assertThat(stream().asked).containsExactly("drain", "cork true", "cork false", "drain");
        say(UNCORK);
        drained();
        assertThat(stream().asked).containsExactly("drain", "cork true", "cork false", "drain");
    }

    @Test
    void whatComesAfterTheCorkIsPlayedOutInTurn() {
        say(CORK);
        drained();
        byte[] late = noise(2000);
        guestPlays(late);
        assertThat(heard()).isEqualTo(late);
        drained();
        assertThat(stream().asked).containsExactly("drain", "cork true", "cork false", "drain", "cork true");
    }

    @Test
    void codesMayComeInPiecesTogetherAndUnknown() {
        onLoop(() -> capture.guestWrites((byte) 0, (byte) 0));
        settle();
        onLoop(() -> capture.guestWrites((byte) 2));
        settle();
        assertThat(stream().asked).isEmpty();
        onLoop(() -> capture.guestWrites((byte) 0, (byte) 4, (byte) 0, (byte) 1, (byte) 0));
        await().untilAsserted(() -> assertThat(stream().asked).containsExactly("drain"));
        settle();
        say(0x00010004, MIC_UNWANTED, UNCORK, 0xDEADBEEF, MIC_WANTED);
        await().until(() -> status().streams().size() == 2);
    }

    @Test
    void noBytesAndNoNewsChangeNothing() {
        onLoop(() -> {
            playback.listener.rung();
            capture.listener.rung();
            playback.guestWrites();
        });
        assertThat(heard()).isEmpty();
        assertThat(stream().asked).isEmpty();
    }

    @Test
    void aMicrophoneWithoutAGrantIsSilenceAtTheGuestAndNothingAtTheHost() {
        say(MIC_WANTED);
        await().until(() -> silentRecords() == 1);
        assertThat(streams()).isEqualTo(1);
        assertThat(events).hasAtLeastOneElementOfType(RelayEvent.MicRequested.class);
        onLoop(() -> silentRecord().hear(Unpooled.directBuffer().writeZero(2048)));
        assertThat(guestHears()).isEqualTo(new byte[2048]);
        settle();
        say(MIC_UNWANTED);
        await().until(() -> silentRecord().closed);
    }

    @Test
    void aGrantTurnsTheMicrophoneLiveAndARevokeTakesBackWhatTheGuestHasNotRead() {
        onLoop(() -> capture.roomBytes = 1001);
        say(MIC_WANTED);
        await().until(() -> silentRecords() == 1);
        relay.micGrant("test", null).orTimeout(5, TimeUnit.SECONDS).join();
        await().until(() -> streams() == 2);
        await().until(() -> status().mic().onAir());
        FakeHost.FakeRecord live = (FakeHost.FakeRecord) host.streams().get(1);
        byte[] voice = noise(3000);
        onLoop(() -> live.hear(direct(voice)));
        relay.micRevoke("test").orTimeout(5, TimeUnit.SECONDS).join();
        assertThat(live.closed).isTrue();
        // What lay in the guest's own ring is the guest's; the torn frame ends in zeros, and silence follows.
        byte[] first = guestHears();
        assertThat(first).isEqualTo(Arrays.copyOf(voice, 1001));
        assertThat(guestHears()).isEqualTo(new byte[3]);
        await().until(() -> silentRecords() == 2);
        onLoop(() -> silentRecord().hear(Unpooled.directBuffer().writeZero(400)));
        assertThat(guestHears()).isEqualTo(new byte[400]);
    }

    @Test
    void aGuestThatDoesNotReadItsMicrophoneLosesTheOldestAndItIsCounted() {
        onLoop(() -> capture.roomBytes = 1002);
        say(MIC_WANTED);
        await().until(() -> silentRecords() == 1);
        relay.micGrant("test", null).orTimeout(5, TimeUnit.SECONDS).join();
        await().until(() -> streams() == 2);
        await().until(() -> status().mic().onAir());
        FakeHost.FakeRecord live = (FakeHost.FakeRecord) host.streams().get(1);
        byte[] voice = noise(100 * 2048);
        for (int i = 0; i < 100; i++) {
            int at = i * 2048;
            onLoop(() -> live.hear(direct(Arrays.copyOfRange(voice, at, at + 2048))));
        }
        onLoop(() -> capture.roomBytes = 1 << 20);
        byte[] got = Arrays.copyOf(guestHears(), 1002);
        assertThat(got).isEqualTo(Arrays.copyOf(voice, 1002));
        byte[] late = guestHears();
        assertThat(late).hasSizeBetween((8 << 10) - 4, 8 << 10);
        // The newest is there, and left is left: the sizes of what is out and of what is lost are whole frames
        // together.
        assertThat(Arrays.copyOfRange(late, 4, late.length))
                .isEqualTo(Arrays.copyOfRange(voice, voice.length - late.length + 4, voice.length));
        assertThat((1002 + late.length) % 4).isZero();
    }

    @Test
    void aFloodOfCodesOpensFewMicrophones() {
        for (int i = 0; i < 200; i++) {
            onLoop(() -> capture.guestSays(MIC_WANTED));
            settle();
            onLoop(() -> capture.guestSays(MIC_UNWANTED));
            settle();
        }
        long requests = status().mic().requests();
        assertThat(requests).isBetween(1L, 40L);
        say(MIC_WANTED);
        await().until(() -> status().streams().stream().anyMatch(s -> !s.playback()));
    }

    @Test
    void aStreamThatIsKilledAtTheHostIsReplaced() {
        onLoop(() -> ((FakeHost.FakePlayback) stream()).listener.ended(ErrorCode.KILLED));
        await().until(() -> streams() == 2);
        await().until(() -> status().streams().size() == 1);
        byte[] pcm = noise(400);
        guestPlays(pcm);
        assertThat(((FakeHost.FakePlayback) host.streams().get(1)).heardBytes()).isEqualTo(pcm);
    }

    @Test
    void whatAnAgentLeavesInItsRingIsHeardAndTheNextAgentIsServed() {
        byte[] pcm = noise(FakeHost.CREDIT + 1001);
        guestPlays(pcm);
        onLoop(playback::guestCloses);
        credit(4000);
        assertThat(heard()).isEqualTo(Arrays.copyOf(pcm, FakeHost.CREDIT + 1000));
        assertThat(playback.closed).isTrue();
        assertThat(capture.closed).isTrue();
        assertThat(stream().closed).isFalse();
        drained();
        assertThat(stream().closed).isTrue();

        await().until(() -> streams() == 2);
        await().until(() -> status().streams().size() == 1);
        ends();
        guestPlays(pcm);
        assertThat(((FakeHost.FakePlayback) host.streams().get(1)).heardBytes())
                .isEqualTo(Arrays.copyOf(pcm, FakeHost.CREDIT));
    }

    @Test
    void aClosedCaptureChannelEndsBothAndWhatWasSaidIsForgotten() {
        say(CORK, MIC_WANTED);
        await().until(() -> silentRecords() == 1);
        onLoop(capture::guestCloses);
        await().until(() -> streams() == 2);
        assertThat(playback.closed).isTrue();
        assertThat(silentRecord().closed).isTrue();
        assertThat(host.streams().get(1).request.corked()).isFalse();
        assertThat(silentRecords()).isEqualTo(1);
    }

    /** As a look at all channels finds it that was late: both are closed, and either may be told of. */
    @Test
    void anAgentThatHasGoneIsWaitedForOnce() {
        onLoop(() -> {
            playback.guestCloses();
            capture.listener.rung();
        });
        await().until(() -> streams() == 2);
        await().until(() -> status().streams().size() == 1);
        settle();
        assertThat(vchans.ends).hasSize(4);
        assertThat(vchans.ends.subList(0, 2)).allMatch(end -> end.closed && end.cancelled);
    }

    @Test
    void aPeerThatBreaksTheProtocolIsLetGoAndNamed() {
        onLoop(() -> playback.listener.broken("ring index: 9000 bytes ready (expected: <= 8192)"));
        assertThat(events)
                .hasAtLeastOneElementOfType(RelayEvent.LimitHit.class)
                .anyMatch(
                        e -> e instanceof RelayEvent.LimitHit hit && hit.limit().equals("protocol"));
        assertThat(playback.closed).isTrue();
        assertThat(capture.closed).isTrue();
        await().until(() -> streams() == 2);
    }

    @Test
    void aRelayThatClosesClosesTheChannelsForGood() {
        relay.close().orTimeout(5, TimeUnit.SECONDS).join();
        assertThat(playback.closed).isTrue();
        assertThat(capture.closed).isTrue();
        assertThat(call(() -> vchans.ends.size())).isEqualTo(2);
    }

    @Test
    void aDismissedGuestIsServedNoMore() {
        endpoint.dismiss(7);
        await().until(() -> stream().closed);
        assertThat(playback.closed).isTrue();
        assertThat(status().connections()).isZero();
        assertThat(call(() -> vchans.ends.size())).isEqualTo(2);
    }

    private void ends() {
        playback = call(() -> vchans.last(4713));
        capture = call(() -> vchans.last(4714));
    }

    private void guestPlays(byte[] pcm) {
        onLoop(() -> playback.guestWrites(pcm));
    }

    private void say(int... codes) {
        onLoop(() -> capture.guestSays(codes));
    }

    private byte[] guestHears() {
        return call(capture::guestReads);
    }

    private void credit(int bytes) {
        onLoop(() -> ((FakeHost.FakePlayback) stream()).listener.credit(bytes));
    }

    private void drained() {
        onLoop(() -> ((FakeHost.FakePlayback) stream()).drained());
    }

    /** Codes are read again after a rest; this waits it out. */
    private void settle() {
        loop.eventLoop().schedule(() -> {}, 12, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }

    private FakeHost.FakeStream stream() {
        return host.streams().get(0);
    }

    private byte[] heard() {
        return ((FakeHost.FakePlayback) stream()).heardBytes();
    }

    private int streams() {
        return host.streams().size();
    }

    private long silentRecords() {
        return host.silences.stream().mapToInt(place -> place.streams.size()).sum();
    }

    private FakeHost.FakeRecord silentRecord() {
        List<FakeHost.FakeStream> all =
                host.silences.stream().flatMap(place -> place.streams.stream()).toList();
        return (FakeHost.FakeRecord) all.get(all.size() - 1);
    }

    private RelayStatus status() {
        return relay.status().orTimeout(5, TimeUnit.SECONDS).join();
    }

    private void onLoop(Runnable task) {
        call(() -> {
            task.run();
            return true;
        });
    }

    private <T> T call(Callable<T> task) {
        return loop.call(task).orTimeout(5, TimeUnit.SECONDS).join();
    }

    private static ByteBuf direct(byte[] bytes) {
        return Unpooled.directBuffer(bytes.length).writeBytes(bytes);
    }

    private static byte[] noise(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
