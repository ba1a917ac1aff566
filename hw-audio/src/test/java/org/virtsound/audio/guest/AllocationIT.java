package org.virtsound.audio.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.virtsound.audio.PrivatePulse;
import org.virtsound.audio.RelayHarness;
import org.virtsound.audio.WireClient;
import org.virtsound.audio.pulse.Answer;
import org.virtsound.audio.pulse.Direction;
import org.virtsound.audio.pulse.Opcode;
import org.virtsound.audio.pulse.StreamCommand;
import org.virtsound.audio.pulse.TagLimits;
import org.virtsound.audio.pulse.TagReader;

/** What one block of audio costs in garbage, from the guest's socket to a real PulseAudio's and its credit back. */
class AllocationIT {
    private static final int WARM_BLOCKS = 600;
    private static final int BLOCKS = 400;
    /** What passes by chance: a timer, a counter of the kernel's. */
    private static final long BYTES_MAX = 128;

    @Test
    void aBlockOfAudioAllocatesNextToNothing() throws IOException {
        assumeTrue(PrivatePulse.installed(), "needs pulseaudio, pulseaudio-utils and setpriv");
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        try (PrivatePulse pulse = PrivatePulse.started();
                RelayHarness harness = RelayHarness.over(pulse);
                WireClient client = WireClient.ready(harness.guest("alpha"))) {
            long audio = harness.loop
                    .call(() -> Thread.currentThread().getId())
                    .orTimeout(5, TimeUnit.SECONDS)
                    .join();
            Answer.PlaybackOpened opened = client.play("blocks");
            client.pcm(opened.channel(), noise(opened.missingBytes()));
            play(client, opened.channel(), WARM_BLOCKS);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getThreadAllocatedBytes(audio);
            play(client, opened.channel(), BLOCKS);
            long perBlock = (threads.getThreadAllocatedBytes(audio) - before) / BLOCKS;

            System.out.printf("%d bytes allocated for a block of audio and its credit%n", perBlock);
            assertThat(perBlock).isLessThan(BYTES_MAX);
        }
    }

    @Test
    void aFragmentOfTheLiveMicrophoneAndALatencyAnswerAllocateNextToNothing() throws IOException {
        assumeTrue(PrivatePulse.installed(), "needs pulseaudio, pulseaudio-utils and setpriv");
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        try (PrivatePulse pulse = PrivatePulse.started();
                RelayHarness harness = RelayHarness.over(pulse)) {
            RelayHarness.Guest guest = harness.guest("alpha");
            WireClient client = WireClient.ready(guest);
            long audio = harness.loop
                    .call(() -> Thread.currentThread().getId())
                    .orTimeout(5, TimeUnit.SECONDS)
                    .join();
            guest.relay().micGrant("ann", null).join();
            Answer.RecordOpened opened = client.record();
            record(client, opened.channel(), WARM_BLOCKS);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getThreadAllocatedBytes(audio);
            record(client, opened.channel(), BLOCKS);
            long perBlock = (threads.getThreadAllocatedBytes(audio) - before) / BLOCKS;

            System.out.printf("%d bytes allocated for a recorded fragment and a latency answer%n", perBlock);
            assertThat(perBlock).isLessThan(BYTES_MAX);
        }
    }

    /** As many fragments, with a question for the latency after each. */
    private static void record(WireClient client, int channel, int fragments) {
        for (int i = 0; i < fragments; i++) {
            WireClient.Frame frame = client.next();
            while (frame != null && frame.isControl()) {
                frame = client.next();
            }
            assertThat(frame).as("the connection").isNotNull();
            client.send(new StreamCommand.GetLatency(Direction.RECORD, channel, 0));
        }
    }

    private static void play(WireClient client, int channel, int blocks) {
        TagReader reader = new TagReader(TagLimits.HOST);
        for (int i = 0; i < blocks; i++) {
            ByteBuf body = Unpooled.wrappedBuffer(client.await(Opcode.REQUEST).body());
            reader.reset(body).u32();
            client.pcm(channel, noise(reader.u32()));
        }
    }

    /** Audible: silence would be put to sleep. */
    private static byte[] noise(int bytes) {
        byte[] pcm = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            pcm[i] = (byte) (i * 37);
        }
        return pcm;
    }
}
