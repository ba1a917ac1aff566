package org.virtsound.audio.host;

import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.virtsound.audio.pulse.Cookie;
import org.virtsound.audio.stream.SoundServer;

/** The backends "unix:…" and "tcp:…": a PulseAudio or pipewire-pulse, this machine's or a thin client's. */
final class PulseBackend implements Backend {
    private final PulseAddress address;
    private final PulseConnections connections;

    /**
     * @param lookups where files are read
     * @param cookie read anew by each try, on {@code lookups}: a server makes a fresh one when its user has removed it
     */
    PulseBackend(EventLoop loop, Executor lookups, PulseAddress address, Supplier<Cookie> cookie) {
        this.address = address;
        this.connections = new PulseConnections(loop, address, () -> CompletableFuture.supplyAsync(cookie, lookups));
    }

    @Override
    public SoundServer connect(HostIdentity guest, Listener listener) {
        PulseServer server = new PulseServer(connections, guest, listener);
        server.connect();
        return server;
    }

    PulseConnections connections() {
        return connections;
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
