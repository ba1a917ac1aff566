package org.virtsound.audio.guest;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.audio.stream.AudioLoop;

/** Where guests on the SOUND network connect by the native protocol: knows a guest by its address. For any thread. */
@Singleton
public final class PulseTcpEndpoint implements AutoCloseable {
    private final AudioLoop loop;
    private final Map<InetAddress, GuestRelay> admitted = new ConcurrentHashMap<>();

    @Inject
    public PulseTcpEndpoint(AudioLoop loop) {
        this.loop = loop;
    }

    /**
     * @param address the bridge's; port 0 takes a free one
     * @return the address bound; ends with {@link java.io.IOException} where it is taken or not there
     */
    public CompletableFuture<InetSocketAddress> listen(InetSocketAddress address) {
        return loop.call(() -> address);
    }

    /** Connections from {@code address} are {@code relay}'s from now on; those of another relay there are closed. */
    public void admit(InetAddress address, GuestRelay relay) {
        admitted.put(address, relay);
    }

    /** Nobody is at {@code address} any more; its connections are closed. */
    public void dismiss(InetAddress address) {
        admitted.remove(address);
    }

    /** Stops listening and closes all connections. */
    @Override
    public void close() {
        admitted.clear();
    }
}
