package org.virtsound.audio.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.virtsound.audio.host.Requests.DVD;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.PlaybackListener;
import org.virtsound.audio.stream.PlaybackStream;
import org.virtsound.audio.stream.RecordListener;
import org.virtsound.audio.stream.RecordStream;
import org.virtsound.audio.stream.Reply;
import org.virtsound.audio.stream.SoundHostListener;
import org.virtsound.audio.stream.SoundServer;
import org.virtsound.audio.stream.StreamOpened;
import org.virtsound.audio.stream.StreamRequest;
import org.virtsound.audio.stream.Timing;

/** A record stream against a host that says 1 for every sample; the clock says 0. */
class SteadyRecordTest {
    private static final int BYTES_PER_MS = 192;
    private static final BufferAttr ATTR = BufferAttr.record(-1, 960);

    private final VirtualTime time = new VirtualTime();
    private final Host host = new Host();
    private final List<String> relay = new ArrayList<>();
    private final List<ErrorCode> replies = new ArrayList<>();
    private final Heard guest = new Heard();
    private final SteadyServer server = new SteadyServer(
            time.clock, host, new HostIdentity(new UUID(0, 1), "guest"), new Relay(), new Keeper(), 10);

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void whatIsAskedWhileTheHostsStreamOpensIsToldOnceItIsOpen() {
        RecordStream stream = record(true);
        stream.cork(false, replies::add);
        stream.volume(ChannelVolumes.flat(2, 0x1234), replies::add);
        stream.mute(true, replies::add);
        stream.device("headset", replies::add);
        stream.name("renamed", replies::add);
        stream.bufferAttr(BufferAttr.record(-1, 480), true, false, replies::add);
        stream.sampleRate(44_100, replies::add);
        assertThat(host.mic().asked).isEmpty();
        host.mic().open(false);

        assertThat(replies).hasSize(7).containsOnly(ErrorCode.OK);
        assertThat(host.mic().asked)
                .containsExactlyInAnyOrder(
                        "cork false",
                        "volume [4660, 4660]",
                        "mute true",
                        "device headset",
                        "name renamed",
                        "fragment 480",
                        "rate 44100");
        host.mic().hears(10);
        assertThat(guest.takeLast()).isEqualTo((byte) 1);
    }

    @Test
    void aStreamThatIsCorkedWhileItOpensIsCorkedOnTheHost() {
        record(false).cork(true, replies::add);
        host.mic().open(false);

        assertThat(host.mic().asked).containsExactly("cork true");
    }

    @Test
    void aStreamThatNobodyChangedIsToldNothing() {
        record(false);
        host.mic().open(false);

        assertThat(host.mic().asked).isEmpty();
    }

    @Test
    void whatIsAskedWhileTheHostsSourceSleepsReachesIt() {
        RecordStream stream = record(true);
        host.mic().open(false);
        host.mic().listener.suspended(true);
        stream.mute(true, replies::add);
        stream.volume(ChannelVolumes.flat(2, 0x1234), replies::add);
        stream.device(null, replies::add);
        stream.name("renamed", replies::add);
        stream.bufferAttr(BufferAttr.record(-1, 480), true, false, replies::add);
        stream.cork(false, replies::add);

        assertThat(replies).hasSize(6).containsOnly(ErrorCode.OK);
        assertThat(host.mic().asked)
                .containsExactly(
                        "mute true",
                        "volume [4660, 4660]",
                        "device null",
                        "name renamed",
                        "fragment 480",
                        "cork false");
    }

    @Test
    void aSourceThatSleepsWhenTheStreamOpensIsSilenceUntilItWakes() {
        record(false);
        host.mic().open(true);
        time.advanceMs(1000);

        assertThat(guest.opened.suspended()).isFalse();
        assertThat(guest.bytes).isCloseTo(1000L * BYTES_PER_MS, within(10L * BYTES_PER_MS));
        assertThat(guest.takeLast()).isEqualTo((byte) 0);
        host.mic().listener.suspended(false);
        host.mic().hears(10);
        assertThat(guest.takeLast()).isEqualTo((byte) 1);
    }

    @Test
    void aCorkedStreamOnASourceThatSleepsIsStillUntilItIsUncorked() {
        RecordStream stream = record(true);
        host.mic().open(true);
        time.advanceMs(1000);
        assertThat(guest.bytes).isZero();

        stream.cork(false, replies::add);
        time.advanceMs(1000);
        assertThat(guest.bytes).isCloseTo(1000L * BYTES_PER_MS, within(10L * BYTES_PER_MS));
    }

    @Test
    void silenceComesWhileTheHostIsGoneAndItsReturnIsHeardWithAllThatWasAskedMeanwhile() {
        RecordStream stream = record(false);
        host.mic().open(false);
        host.mic().hears(960);
        int tag = guest.timings;
        host.mic().hung = true;
        stream.timing(7, 0, 0);
        assertThat(guest.timings).isEqualTo(tag);
        host.die();
        assertThat(guest.timings).as("answered by the clock").isEqualTo(tag + 1);
        stream.mute(true, replies::add);
        time.advanceMs(1000);
        assertThat(guest.takeLast()).isEqualTo((byte) 0);
        long atReturn = guest.bytes;
        assertThat(atReturn).isCloseTo(960 + 1000L * BYTES_PER_MS, within(10L * BYTES_PER_MS));

        host.alive = true;
        time.advanceMs(2100);
        assertThat(host.mic().request.muted()).isTrue();
        stream.device("headset", replies::add);
        host.mic().open(false);
        assertThat(host.mic().asked).containsExactly("device headset");
        long handedOver = guest.bytes;
        host.mic().hears(960);
        time.advanceMs(100);

        assertThat(guest.bytes).as("no silence beside the host").isEqualTo(handedOver + 960);
        assertThat(guest.takeLast()).isEqualTo((byte) 1);
        stream.timing(7, 0, 0);
        assertThat(guest.last.readIndex).isEqualTo(guest.bytes);
        assertThat(guest.ended).isNull();
        assertThat(relay).containsExactly("lost unix:/mic: connection closed", "back");
    }

    @Test
    void aHostThatHangsIsSilenceAtTheRightPaceUntilItIsBack() {
        RecordStream stream = record(false);
        host.mic().open(false);
        time.advanceMs(5000);
        assertThat(relay).isEmpty();
        host.mic().hung = true;
        host.alive = false;
        stream.timing(7, 0, 0);
        time.advanceMs(4100);
        assertThat(relay).containsExactly("lost unix:/mic: the server there does not answer");
        assertThat(guest.timings).isEqualTo(1);

        long before = guest.bytes;
        time.advanceMs(1000);
        assertThat(guest.bytes - before).isCloseTo(1000L * BYTES_PER_MS, within(10L * BYTES_PER_MS));
        host.alive = true;
        time.advanceMs(2100);
        host.mic().open(false);
        host.mic().hears(960);
        assertThat(guest.takeLast()).isEqualTo((byte) 1);
        assertThat(relay).endsWith("back");
        assertThat(guest.ended).isNull();
    }

    @Test
    void aHostWhoseSamplesComeIsNotHung() {
        record(false);
        host.mic().open(false);
        host.mic().hung = true;
        for (int i = 0; i < 10; i++) {
            time.advanceMs(1000);
            host.mic().hears(960);
        }

        assertThat(relay).isEmpty();
        assertThat(guest.bytes).isEqualTo(9600);
    }

    @Test
    void aCorkedStreamAsksNothingAndSeesAHungHostOnceItIsUncorked() {
        RecordStream stream = record(true);
        host.mic().open(false);
        host.mic().hung = true;
        time.advanceMs(3000);
        long firings = time.clock.firings();
        time.advanceMs(60_000);
        assertThat(relay).isEmpty();
        assertThat(time.clock.firings()).isEqualTo(firings);

        stream.cork(false, replies::add);
        time.advanceMs(4100);
        assertThat(relay).containsExactly("lost unix:/mic: the server there does not answer", "back");
        assertThat(replies).as("to a command that the host took with it").containsExactly(ErrorCode.OK);
    }

    @Test
    void aHostThatDoesNotOpenTheStreamDoesNotKeepTheGuestWaiting() {
        record(false);
        time.advanceMs(4000);
        assertThat(guest.opened).isNotNull();
        assertThat(guest.bytes).isGreaterThan(1900L * BYTES_PER_MS);

        host.mic().open(false);
        host.mic().hears(960);
        assertThat(guest.takeLast()).isEqualTo((byte) 1);
        assertThat(guest.events).containsOnlyOnce("opened");
    }

    private RecordStream record(boolean corked) {
        StreamRequest request = Requests.named("tone", DVD, ATTR, corked);
        RecordStream stream = server.record(request, guest);
        time.settle();
        return stream;
    }

    /** A server whose streams open when the test says so. */
    private final class Host implements Backend, SoundServer {
        private final List<Mic> mics = new ArrayList<>();
        private Backend.Listener listener;
        private boolean alive = true;

        Mic mic() {
            return mics.get(mics.size() - 1);
        }

        void die() {
            alive = false;
            mic().listener.ended(ErrorCode.CONNECTIONTERMINATED);
            listener.down("connection closed");
        }

        @Override
        public SoundServer connect(HostIdentity identity, Backend.Listener told) {
            listener = told;
            time.clock.loop().execute(() -> {
                if (alive) {
                    told.up();
                } else {
                    told.down("nobody listens there");
                }
            });
            return this;
        }

        @Override
        public PlaybackStream play(StreamRequest request, PlaybackListener told) {
            throw new AssertionError("nobody plays");
        }

        @Override
        public RecordStream record(StreamRequest request, RecordListener told) {
            mics.add(new Mic(request, told));
            return mic();
        }

        @Override
        public String describe() {
            return "unix:/mic";
        }

        @Override
        public void close() {}
    }

    /** Writes down what it is asked. */
    private static final class Mic implements RecordStream {
        private final StreamRequest request;
        private final RecordListener listener;
        private final List<String> asked = new ArrayList<>();
        private final List<Reply> unanswered = new ArrayList<>();
        private boolean hung;
        private long heard;

        Mic(StreamRequest request, RecordListener listener) {
            this.request = request;
            this.listener = listener;
        }

        void open(boolean suspended) {
            listener.opened(new StreamOpened(ATTR, 1000, suspended, 0));
        }

        void hears(int bytes) {
            heard += bytes;
            ByteBuf fragment = Unpooled.buffer(bytes);
            while (fragment.isWritable()) {
                fragment.writeByte(1);
            }
            listener.fragment(fragment);
        }

        private void note(String what, Reply reply) {
            asked.add(what);
            if (hung) {
                unanswered.add(reply);
            } else {
                reply.done(ErrorCode.OK);
            }
        }

        @Override
        public void cork(boolean corked, Reply reply) {
            note("cork " + corked, reply);
        }

        @Override
        public void flush(Reply reply) {
            note("flush", reply);
        }

        @Override
        public void timing(int tag, int localS, int localUs) {
            if (!hung) {
                Timing timing = new Timing();
                timing.writeIndex = heard;
                timing.readIndex = heard;
                listener.timing(tag, localS, localUs, timing);
            }
        }

        @Override
        public void bufferAttr(BufferAttr wanted, boolean adjustLatency, boolean earlyRequests, Reply reply) {
            note("fragment " + wanted.fragSize(), reply);
        }

        @Override
        public void sampleRate(int rateHz, Reply reply) {
            note("rate " + rateHz, reply);
        }

        @Override
        public void name(String name, Reply reply) {
            note("name " + name, reply);
        }

        @Override
        public void volume(ChannelVolumes volume, Reply reply) {
            note("volume " + volume.volumes(), reply);
        }

        @Override
        public void mute(boolean muted, Reply reply) {
            note("mute " + muted, reply);
        }

        @Override
        public void device(@Nullable String device, Reply reply) {
            note("device " + device, reply);
        }

        @Override
        public void close() {
            unanswered.forEach(reply -> reply.done(ErrorCode.CONNECTIONTERMINATED));
            unanswered.clear();
        }
    }

    private static final class Heard extends PlayerLog implements RecordListener {
        private long bytes;
        private Byte lastByte;

        /** @return the last sample since it was asked before */
        Byte takeLast() {
            Byte taken = lastByte;
            lastByte = null;
            return taken;
        }

        @Override
        public void fragment(ByteBuf fragment) {
            bytes += fragment.readableBytes();
            lastByte = fragment.getByte(fragment.writerIndex() - 1);
            fragment.release();
        }
    }

    private final class Relay implements SoundHostListener {
        @Override
        public void lost(String reason) {
            relay.add("lost " + reason);
        }

        @Override
        public void back() {
            relay.add("back");
        }
    }

    private static final class Keeper implements SteadyServer.Keeper {
        @Override
        public void reached(SteadyServer place) {}

        @Override
        public void trouble(SteadyServer place, String reason) {}

        @Override
        public void closed(SteadyServer place) {}
    }
}
