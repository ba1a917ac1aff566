package org.virtsound.audio.host;

import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.virtsound.audio.pulse.Cookie;
import org.virtsound.audio.stream.SoundServer;

/** The backends "unix:…" and "tcp:…": a PulseAudio or pipewire-pulse, this machine's or a thin client's. */
final class PulseBackend implements Backend {
    private final EventLoop loop;
    private final Executor lookups;
    private final PulseAddress address;
    private final Supplier<Cookie> cookie;

    /**
     * @param lookups where files are read
     * @param cookie read anew by each try, on {@code lookups}: a server makes a fresh one when its user has removed it
     */
    PulseBackend(EventLoop loop, Executor lookups, PulseAddress address, Supplier<Cookie> cookie) {
        this.loop = loop;
        this.lookups = lookups;
        this.address = address;
        this.cookie = cookie;
    }

    @Override
    public SoundServer connect(HostIdentity guest, Listener listener) {
        PulseServer server =
                new PulseServer(loop, address, () -> CompletableFuture.supplyAsync(cookie, lookups), guest, listener);
        server.connect();
        return server;
    }

    /** A connection of our own, beside the guests'. */
    PulseClient client(HostIdentity identity, PulseClient.Listener listener) {
        PulseClient client = new PulseClient(loop, address, identity, listener);
        var unused = CompletableFuture.supplyAsync(cookie, lookups).thenAcceptAsync(client::connect, loop);
        return client;
    }

    @Override
    public String describe() {
        return address.text();
    }

    @Override
    public long retryCapMs() {
        // A socket's directory is watched besides; over TCP the next try is all there is.
        return address.isUnix() ? 2000 : 900;
    }
}
