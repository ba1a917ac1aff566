package org.virtsound.audio.bench;

import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
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
 * The relay as the daemon runs it, in a process of its own: one guest, limits raised, its microphone the given source. Prints
 * {@code port N}; then, for each line it reads, how many bytes the audio thread has allocated and how many were played.
 */
public final class RelayProcess {
    private static final int MANY = 256;

    private RelayProcess() {}

    /** @param arguments host-server, source */
    public static void main(String... arguments) throws IOException {
        AudioLoop loop = new AudioLoop();
        GuestLimits limits = new GuestLimits(MANY, MANY, 64 << 10, 64 << 10, 16 << 20, 5, Integer.MAX_VALUE);
        GuestRelays relays = new GuestRelays(loop, new HostSound(loop, arguments[0]), limits, event -> {});
        GuestPolicy policy = new GuestPolicy(true, null, null, null, CapturePolicy.ON, arguments[1], null, null, null);
        GuestRelay relay = relays.open(new GuestIdentity(new UUID(0, 1), "bench", "bench"), policy);
        PulseTcpEndpoint endpoint = new PulseTcpEndpoint(loop);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        endpoint.admit(loopback, relay);
        int port = endpoint.listen(new InetSocketAddress(loopback, 0)).join().getPort();
        System.out.println("port " + port);

        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long audio = loop.call(() -> Thread.currentThread().getId()).join();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        while (in.readLine() != null) {
            long allocated = threads.getThreadAllocatedBytes(audio);
            System.out.println(allocated + " " + relay.status().join().playedBytes());
        }
        System.exit(0);
    }
}
