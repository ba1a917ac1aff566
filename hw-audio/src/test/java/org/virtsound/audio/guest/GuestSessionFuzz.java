package org.virtsound.audio.guest;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.virtsound.audio.FakeHost;
import org.virtsound.audio.pulse.Capture;
import org.virtsound.audio.pulse.Frames;
import org.virtsound.audio.pulse.FuzzSeeds;
import org.virtsound.audio.pulse.Opcode;
import org.virtsound.audio.pulse.TagWriter;
import org.virtsound.audio.relay.CapturePolicy;
import org.virtsound.audio.relay.GuestIdentity;
import org.virtsound.audio.relay.GuestLimits;
import org.virtsound.audio.relay.GuestPolicy;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.audio.relay.GuestRelays;
import org.virtsound.audio.relay.RelayEvent;
import org.virtsound.audio.relay.RelayStatus;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.SeekMode;

/**
 * A guest that says anything in any order, over a host that does anything: the session ends with nothing thrown but protocol
 * errors, nothing kept, and everything that it sent readable by a strict client. The input is a list of steps.
 */
public final class GuestSessionFuzz {
    private static final int STEPS_MAX = 200;
    /** Step kinds, in the lower three bits; the weights follow from how many values there are of each. */
    private static final int MEMBLOCK = 4;

    private static final int RAW = 5;
    private static final int HOST = 6;
    private static final int ELSE = 7;

    private static final AudioLoop LOOP = new AudioLoop();
    private static final UnpooledByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(true, true);
    private static final GuestIdentity GUEST = new GuestIdentity(new UUID(1, 2), "guest", "Guest");

    private final List<String> trouble = new ArrayList<>();
    private boolean guestReads = true;
    private final EmbeddedChannel channel = new EmbeddedChannel() {
        @Override
        protected void doWrite(ChannelOutboundBuffer in) throws Exception {
            if (guestReads) {
                super.doWrite(in);
            }
        }
    };
    private final FakeHost host = new FakeHost(channel.eventLoop());
    private final StrictClient client = new StrictClient();
    private final GuestRelay relay;
    private final ByteBuffer input;
    private int nextTag;

    private GuestSessionFuzz(byte[] input) {
        this.input = ByteBuffer.wrap(input);
        GuestRelays relays = new GuestRelays(LOOP, host, GuestLimits.DEFAULT, this::heard);
        relay = relays.open(GUEST, GuestPolicy.DEFAULT);
        channel.config().setAllocator(ALLOCATOR);
        GuestConnection.accept(channel, relay);
    }

    /** @param arguments the directory to write seeds to */
    public static void main(String... arguments) throws IOException {
        List<byte[]> seeds = seeds();
        FuzzSeeds.write(Path.of(arguments[0]), seeds);
    }

    public static void fuzzerTestOneInput(byte[] input) {
        long before = ALLOCATOR.metric().usedDirectMemory();
        GuestSessionFuzz session = new GuestSessionFuzz(input);
        session.run();
        if (ALLOCATOR.metric().usedDirectMemory() != before) {
            throw new AssertionError("kept " + (ALLOCATOR.metric().usedDirectMemory() - before) + " bytes");
        }
    }

    private void run() {
        for (int i = 0; i < STEPS_MAX && input.hasRemaining() && channel.isOpen(); i++) {
            step(input.get() & 0xFF);
            channel.runPendingTasks();
            receive();
        }
        channel.close();
        channel.runPendingTasks();
        receive();
        channel.finishAndReleaseAll();
        RelayStatus status = relay.status().orTimeout(10, TimeUnit.SECONDS).join();
        if (status.connections() != 0 || !status.streams().isEmpty()) {
            throw new AssertionError("left behind: " + status);
        }
        host.streams().forEach(stream -> check(stream.closed, "a stream of the host's is still open"));
        relay.close().orTimeout(10, TimeUnit.SECONDS).join();
        client.close();
        if (!trouble.isEmpty()) {
            throw new AssertionError(trouble.toString());
        }
    }

    private void step(int kind) {
        switch (kind & 7) {
            case MEMBLOCK -> memblock();
            case RAW -> channel.writeInbound(Unpooled.wrappedBuffer(bytes(u8())));
            case HOST -> hostActs(u8(), u8());
            case ELSE -> elseActs(u8());
            default -> command();
        }
    }

    private void command() {
        int opcode = u8() % 107;
        byte[] body = bytes(u8() << 8 | u8());
        int tag = nextTag++;
        client.asked(tag, Opcode.of(opcode), body);
        ByteBuf out = Unpooled.buffer();
        int start = Frames.beginControl(out);
        new TagWriter().reset(out).u32(opcode).u32(tag);
        out.writeBytes(body);
        Frames.endControl(out, start);
        channel.writeInbound(out);
    }

    private void memblock() {
        int number = u8();
        SeekMode seek = SeekMode.of(u8() & 3);
        long offset = input.remaining() >= 8 ? input.getLong() : 0;
        int length = 1 + (u8() << 8 | u8());
        ByteBuf out = Unpooled.buffer();
        Frames.memblockHeader(out, length, number, offset, seek);
        channel.writeInbound(out.writeZero(length));
    }

    private void hostActs(int what, int which) {
        if (host.streams().isEmpty()) {
            return;
        }
        FakeHost.FakeStream stream = host.streams().get(which % host.streams().size());
        if (stream.closed) {
            return;
        }
        if (stream instanceof FakeHost.FakePlayback playback) {
            switch (what % 8) {
                case 0 -> playback.listener.started();
                case 1 -> playback.listener.underflow(which * 1000L);
                case 2 -> playback.listener.overflow();
                case 3 -> playback.listener.suspended((which & 1) == 0);
                case 4 -> playback.listener.moved(BufferAttr.playback(4, 3, 2, 1), which, true);
                case 5 -> playback.listener.credit(which);
                case 6 -> host.byHand = !host.byHand;
                default -> {
                    stream.closed = true;
                    playback.listener.ended(ErrorCode.of(which));
                }
            }
        } else if (stream instanceof FakeHost.FakeRecord record) {
            switch (what % 4) {
                case 0 -> record.listener.suspended((which & 1) == 0);
                case 1 -> record.listener.moved(BufferAttr.record(4, 3), which, false);
                case 2 -> {
                    stream.closed = true;
                    record.listener.ended(ErrorCode.of(which));
                }
                default -> record.hear(ALLOCATOR.directBuffer().writeZero(4 * (1 + which)));
            }
        }
    }

    /** The guest stops reading, or reads on; or the person at the host acts, on the audio loop, which is waited for. */
    private void elseActs(int what) {
        if ((what & 4) != 0) {
            guestReads = !guestReads;
            channel.flush();
            return;
        }
        var done = switch (what % 4) {
            case 0 -> relay.micGrant("fuzz", null);
            case 1 -> relay.micRevoke("fuzz");
            case 2 -> relay.update(policy(CapturePolicy.ON, 50));
            default -> relay.update(policy(CapturePolicy.OFF, null));
        };
        done.handle((ok, refused) -> ok).orTimeout(10, TimeUnit.SECONDS).join();
    }

    private static GuestPolicy policy(CapturePolicy capture, Integer volumePercent) {
        return new GuestPolicy(true, "sink", volumePercent, null, capture, null, null, 20, 80);
    }

    private void receive() {
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            client.receive(out);
        }
    }

    private void heard(RelayEvent event) {
        if (event instanceof RelayEvent.LimitHit hit && hit.limit().equals("internal")) {
            trouble.add(hit.detail());
        }
    }

    private void check(boolean holds, String otherwise) {
        if (!holds) {
            trouble.add(otherwise);
        }
    }

    private int u8() {
        return input.hasRemaining() ? input.get() & 0xFF : 0;
    }

    private byte[] bytes(int wanted) {
        byte[] bytes = new byte[Math.min(wanted, input.remaining())];
        input.get(bytes);
        return bytes;
    }

    /** Each client's words as steps, and the same with the host and its owner at work in between. */
    static List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        Capture.all().filter(Capture::fromClient).forEach(capture -> {
            seeds.add(steps(capture, each -> {}));
            for (int what = 0; what < 8; what++) {
                int kind = what;
                seeds.add(steps(capture, each -> {
                    each.write(HOST);
                    each.write(kind);
                    each.write(kind * 31);
                }));
                seeds.add(steps(capture, each -> {
                    each.write(ELSE);
                    each.write(kind);
                }));
            }
        });
        return seeds;
    }

    private static byte[] steps(Capture capture, Consumer<ByteArrayOutputStream> inBetween) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Capture.Frame frame : capture.frames()) {
            byte[] payload = frame.payload();
            if (out.size() > 3000) {
                break;
            }
            if (frame.control()) {
                int length = payload.length - 10;
                out.write(0);
                out.write(payload[4]);
                out.write(length >> 8);
                out.write(length);
                out.write(payload, 10, length);
            } else {
                out.write(MEMBLOCK);
                out.write(frame.channel());
                out.write(frame.seek().code());
                out.writeBytes(
                        ByteBuffer.allocate(8).putLong(frame.offsetBytes()).array());
                out.write(payload.length - 1 >> 8);
                out.write(payload.length - 1);
            }
            inBetween.accept(out);
        }
        return out.toByteArray();
    }
}
