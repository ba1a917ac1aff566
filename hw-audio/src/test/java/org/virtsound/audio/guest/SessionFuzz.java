package org.virtsound.audio.guest;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.virtsound.audio.FakeHost;
import org.virtsound.audio.pulse.Cookie;
import org.virtsound.audio.pulse.FuzzSeeds;
import org.virtsound.audio.pulse.SessionRequest;
import org.virtsound.audio.pulse.TagWriter;
import org.virtsound.audio.relay.GuestIdentity;
import org.virtsound.audio.relay.GuestLimits;
import org.virtsound.audio.relay.GuestPolicy;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.audio.relay.GuestRelays;
import org.virtsound.audio.relay.RelayEvent;
import org.virtsound.audio.stream.AudioLoop;

/**
 * A guest that says anything, behind an AUTH of the version that the first byte says; the second byte tells the size of the pieces
 * and when the microphone is granted. Whatever it says, it is answered or closed, no error of ours comes up, and nothing of it stays.
 */
public final class SessionFuzz {
    private static final int HEAD = 2;
    private static final GuestIdentity GUEST = new GuestIdentity(new UUID(0, 1), "alpha", "alpha");

    private SessionFuzz() {}

    /** @param arguments the directory to write seeds to */
    public static void main(String... arguments) throws IOException {
        FuzzSeeds.write(Path.of(arguments[0]), FuzzSeeds.conversations((byte) 22, (byte) 0xFF));
    }

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < HEAD) {
            return;
        }
        int version = 13 + (input[0] & 0xFF) % 23;
        int pieceBytes = 1 + ((input[1] & 0x7F) << 3);
        boolean granted = input[1] < 0;
        UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false, true, true);
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.config().setAllocator(memory);
        FakeHost host = new FakeHost(channel.eventLoop());
        List<RelayEvent> events = new ArrayList<>();
        GuestRelays relays =
                new GuestRelays(new AudioLoop(channel.eventLoop()), host, GuestLimits.DEFAULT, events::add);
        GuestRelay relay = relays.open(GUEST, GuestPolicy.DEFAULT);
        GuestConnection.accept(channel, relay);

        ByteBuf auth = memory.directBuffer();
        new SessionRequest.Auth(version, 0, Cookie.ZERO).writeTo(auth, new TagWriter(), 0, version);
        say(channel, auth);
        for (int at = HEAD; at < input.length && channel.isOpen(); at += pieceBytes) {
            ByteBuf piece = memory.directBuffer();
            say(channel, piece.writeBytes(input, at, Math.min(pieceBytes, input.length - at)));
            if (granted) {
                relay.micGrant("fuzz", null);
                channel.runPendingTasks();
            }
            hear(host, memory);
            relay.micRevoke("fuzz");
        }
        channel.close();
        channel.runPendingTasks();
        relays.close();
        channel.finishAndReleaseAll();
        check(host, relay, events, memory);
    }

    private static void say(EmbeddedChannel channel, ByteBuf bytes) {
        channel.writeInbound(bytes);
        channel.runPendingTasks();
        channel.releaseOutbound();
    }

    private static void hear(FakeHost host, UnpooledByteBufAllocator memory) {
        host.streams().forEach(stream -> {
            if (stream instanceof FakeHost.FakeRecord record) {
                record.hear(memory.directBuffer().writeZero(960));
            }
        });
    }

    private static void check(
            FakeHost host, GuestRelay relay, List<RelayEvent> events, UnpooledByteBufAllocator memory) {
        for (RelayEvent event : events) {
            if (event instanceof RelayEvent.LimitHit hit && hit.limit().equals("internal")) {
                throw new AssertionError(hit.detail());
            }
        }
        if (!host.streams().stream().allMatch(stream -> stream.closed)) {
            throw new AssertionError("a stream stayed open on the host");
        }
        if (!relay.status().join().streams().isEmpty() || relay.status().join().connections() != 0) {
            throw new AssertionError("the relay kept " + relay.status().join());
        }
        if (memory.metric().usedDirectMemory() != 0) {
            throw new AssertionError(memory.metric().usedDirectMemory() + " bytes were not released");
        }
    }
}
