package org.virtsound.audio.guest;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.Map;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.audio.vchan.VchanPeer;
import org.virtsound.audio.vchan.VchanTransport;

/**
 * Where guests with Qubes' audio agent are served, over two vchans each and without a network: knows a guest by its domain number.
 * For any thread; what it holds is the audio loop's.
 */
public final class QubesEndpoint implements AutoCloseable {
    private final AudioLoop loop;
    private final VchanTransport transport;
    private final Map<Integer, Admitted> guests = new HashMap<>();
    private boolean closed;

    private record Admitted(VchanPeer peer, GuestRelay relay, QubesGuest guest) {}

    /** @param transport closed with the endpoint */
    public QubesEndpoint(AudioLoop loop, VchanTransport transport) {
        this.loop = requireNonNull(loop, "loop is null");
        this.transport = requireNonNull(transport, "transport is null");
    }

    /** The agent of {@code peer}, whenever it comes, is {@code relay}'s guest from now on; again for the same two changes nothing. */
    public void admit(VchanPeer peer, GuestRelay relay) {
        loop.call(() -> {
            Admitted known = guests.get(peer.domid());
            if (closed || (known != null && known.peer.equals(peer) && known.relay == relay)) {
                return false;
            }
            if (known != null) {
                known.guest.close();
            }
            QubesGuest guest = new QubesGuest(loop.eventLoop(), transport, peer, relay);
            guests.put(peer.domid(), new Admitted(peer, relay, guest));
            guest.open();
            return true;
        });
    }

    /** The domain of that number is no more; its channels are closed. */
    public void dismiss(int domid) {
        loop.call(() -> {
            Admitted known = guests.remove(domid);
            if (known != null) {
                known.guest.close();
            }
            return known != null;
        });
    }

    /** Closes all channels, and the transport. */
    @Override
    public void close() {
        loop.call(() -> {
                    closed = true;
                    guests.values().forEach(known -> known.guest.close());
                    guests.clear();
                    transport.close();
                    return true;
                })
                .join();
    }
}
