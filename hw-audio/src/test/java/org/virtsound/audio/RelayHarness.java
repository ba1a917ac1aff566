package org.virtsound.audio;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.virtsound.audio.guest.PulseTcpEndpoint;
import org.virtsound.audio.host.HostSound;
import org.virtsound.audio.relay.GuestIdentity;
import org.virtsound.audio.relay.GuestLimits;
import org.virtsound.audio.relay.GuestPolicy;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.audio.relay.GuestRelays;
import org.virtsound.audio.relay.LatencyBudget;
import org.virtsound.audio.relay.RelayEvent;
import org.virtsound.audio.relay.RelayStatus;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.audio.stream.SoundHost;

/** The whole of hw-audio in this process: relays over some host, and for each guest an endpoint of its own on a free loopback port. */
public final class RelayHarness implements AutoCloseable {
    /** What is asked for is given: a busy machine must not be heard in a test of something else. */
    private static final LatencyBudget ROOMY = new LatencyBudget(null, 4_000);

    public final AudioLoop loop = new AudioLoop();
    public final List<RelayEvent> events = new CopyOnWriteArrayList<>();
    public final GuestRelays relays;
    private final List<PulseTcpEndpoint> endpoints = new ArrayList<>();
    private final SoundHost host;

    /** One guest: its relay, and where its clients connect. */
    public record Guest(GuestRelay relay, InetSocketAddress address) {
        /** @return for PULSE_SERVER */
        public String server() {
            return "tcp:127.0.0.1:" + address.getPort();
        }

        public RelayStatus status() {
            return relay.status().orTimeout(5, TimeUnit.SECONDS).join();
        }
    }

    /** @return over a real server */
    public static RelayHarness over(PrivatePulse pulse) {
        return new RelayHarness(loop -> new HostSound(loop, "unix:" + pulse.openSocket()));
    }

    public RelayHarness(Function<AudioLoop, SoundHost> host) {
        this(host, GuestLimits.DEFAULT);
    }

    public RelayHarness(Function<AudioLoop, SoundHost> host, GuestLimits limits) {
        this.host = host.apply(loop);
        relays = new GuestRelays(loop, this.host, limits, ROOMY, events::add);
    }

    public Guest guest(String name) {
        return guest(name, GuestPolicy.DEFAULT);
    }

    public Guest guest(String name, GuestPolicy policy) {
        UUID uuid = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
        GuestRelay relay = relays.open(new GuestIdentity(uuid, name, name), policy);
        PulseTcpEndpoint endpoint = new PulseTcpEndpoint(loop);
        endpoints.add(endpoint);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        InetSocketAddress address = endpoint.listen(new InetSocketAddress(loopback, 0))
                .orTimeout(5, TimeUnit.SECONDS)
                .join();
        endpoint.admit(loopback, relay);
        return new Guest(relay, address);
    }

    public SoundHost host() {
        return host;
    }

    @Override
    public void close() {
        endpoints.forEach(PulseTcpEndpoint::close);
        relays.close();
        if (host instanceof HostSound sound) {
            sound.close();
        }
        loop.close();
    }
}
