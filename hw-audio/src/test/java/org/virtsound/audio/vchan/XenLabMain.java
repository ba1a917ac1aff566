package org.virtsound.audio.vchan;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.virtsound.audio.guest.QubesEndpoint;
import org.virtsound.audio.host.HostSound;
import org.virtsound.audio.relay.CapturePolicy;
import org.virtsound.audio.relay.GuestIdentity;
import org.virtsound.audio.relay.GuestLimits;
import org.virtsound.audio.relay.GuestPolicy;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.audio.relay.GuestRelays;
import org.virtsound.audio.relay.RelayStatus;
import org.virtsound.audio.stream.AudioLoop;

/**
 * The service's side on a real Xen host, for a person or a script to watch: serves the guest {@code DOMID} for {@code SECONDS} with a
 * host that counts what it hears, and prints a line a second.
 */
final class XenLabMain {
    private static final GuestPolicy POLICY =
            new GuestPolicy(true, null, null, null, CapturePolicy.ASK, null, null, 200, 400);

    private XenLabMain() {}

    public static void main(String[] args) throws Exception {
        int domid = Integer.parseInt(args[0]);
        int seconds = Integer.parseInt(args[1]);
        AudioLoop loop = new AudioLoop();
        HearingHost host = new HearingHost(new HostSound(loop, "silence"));
        GuestRelays relays =
                new GuestRelays(loop, host, GuestLimits.DEFAULT, event -> System.out.println("event " + event));
        UUID uuid = UUID.nameUUIDFromBytes("lab".getBytes(StandardCharsets.UTF_8));
        GuestRelay relay = relays.open(new GuestIdentity(uuid, "lab", "lab"), POLICY);
        QubesEndpoint endpoint = new QubesEndpoint(loop, XenTransport.load(loop));
        endpoint.admit(new VchanPeer(domid, false), relay);
        for (int s = 0; s < seconds; s++) {
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            RelayStatus status = relay.status().get(10, TimeUnit.SECONDS);
            System.out.println("s=" + s + " connections=" + status.connections() + " streams="
                    + status.streams().size()
                    + " played=" + status.playedBytes() / 4 + " recorded=" + status.recordedBytes() / 4 + " numbered="
                    + host.heard.numbered() + " last=" + host.heard.last() + " breaks=" + host.heard.breaks()
                    + " silentInside=" + host.heard.silentInside() + " underflows="
                    + status.streams().stream()
                            .mapToLong(stream -> stream.underflows())
                            .sum());
        }
        endpoint.close();
        relays.close();
        loop.close();
        System.out.println("done");
    }
}
