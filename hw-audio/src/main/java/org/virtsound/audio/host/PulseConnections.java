package org.virtsound.audio.host;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.virtsound.audio.pulse.Cookie;

/**
 * The connections to one server: one a guest, since that is whose name a mixer shows, up to a number; further guests share them, and
 * go by their streams' names. Owned by the audio loop.
 */
final class PulseConnections {
    /** PulseAudio takes 64 clients, and the host has some of its own. */
    static final int MAX = 48;

    private final EventLoop loop;
    private final PulseAddress address;
    private final Supplier<CompletableFuture<Cookie>> cookie;
    private final List<PulseClient> open = new ArrayList<>();

    /** @param cookie asked for each connection */
    PulseConnections(EventLoop loop, PulseAddress address, Supplier<CompletableFuture<Cookie>> cookie) {
        this.loop = loop;
        this.address = address;
        this.cookie = cookie;
    }

    /** @return a connection that {@code listener} has joined */
    PulseClient join(HostIdentity identity, PulseClient.Listener listener) {
        open.removeIf(PulseClient::isOver);
        PulseClient client = open.size() < MAX
                ? connect(identity)
                : open.stream()
                        .min(Comparator.comparingInt(PulseClient::joined))
                        .orElseThrow();
        client.join(listener);
        return client;
    }

    private PulseClient connect(HostIdentity identity) {
        PulseClient fresh = new PulseClient(loop, address, identity);
        open.add(fresh);
        // One that cannot be looked for is one that is not there: the server may do without.
        var unused = cookie.get().exceptionally(failure -> Cookie.ZERO).thenAcceptAsync(fresh::connect, loop);
        return fresh;
    }
}
