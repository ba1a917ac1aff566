package org.virtsound.audio.bench;

import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.virtsound.audio.guest.PulseTcpEndpoint;
import org.virtsound.audio.host.HostSound;
import org.virtsound.audio.relay.CapturePolicy;
import org.virtsound.audio.relay.GuestIdentity;
import org.virtsound.audio.relay.GuestLimits;
import org.virtsound.audio.relay.GuestPolicy;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.audio.relay.GuestRelays;
import org.virtsound.audio.stream.AudioLoop;

/**
 * The relay as the daemon runs it, in a process of its own: two guests, limits raised, their microphone the given source. Prints
 * {@code port N}; then, for each line it reads, how many bytes the audio thread has allocated and how many were played.
 */
public final class RelayProcess {
    private static final int MANY = 256;

    private RelayProcess() {}

    /** @param arguments host-server, source, the second guest's sink */
    public static void main(String... arguments) throws IOException {
        AudioLoop loop = new AudioLoop();
        GuestLimits limits = new GuestLimits(MANY, MANY, 64 << 10, 64 << 10, 16 << 20, 5, Integer.MAX_VALUE);
        GuestRelays relays = new GuestRelays(loop, new HostSound(loop, arguments[0]), limits, event -> {});
        PulseTcpEndpoint endpoint = new PulseTcpEndpoint(loop);
        List<GuestRelay> guests = new ArrayList<>();
        for (int guest = 1; guest <= 2; guest++) {
            String sink = guest == 1 ? null : arguments[2];
            GuestPolicy policy =
                    new GuestPolicy(true, sink, null, null, CapturePolicy.ON, arguments[1], null, null, null);
            GuestRelay relay = relays.open(new GuestIdentity(new UUID(0, guest), "bench" + guest, "bench"), policy);
            guests.add(relay);
            endpoint.admit(InetAddress.getByName("127.0.0." + guest), relay);
        }
        InetAddress loopback = InetAddress.getLoopbackAddress();
        int port = endpoint.listen(new InetSocketAddress(loopback, 0)).join().getPort();
        System.out.println("port " + port);

        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long audio = loop.call(() -> Thread.currentThread().getId()).join();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        while (in.readLine() != null) {
            long allocated = threads.getThreadAllocatedBytes(audio);
            long played = 0;
            for (GuestRelay guest : guests) {
                played += guest.status().join().playedBytes();
            }
            System.out.println(allocated + " " + played);
        }
        System.exit(0);
    }
}
