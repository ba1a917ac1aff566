package org.virtsound.audio.vchan;

import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.AudioLoop;

/**
 * Channels over the unix sockets {@code vchan.SERVER.CLIENT.PORT.sock} of one directory, as Qubes' socket vchan has them: sound of
 * guests on a machine without Xen. Owned by the audio loop.
 */
public final class SocketTransport implements VchanTransport {
    /** Whoever serves the guests' audio has this number. */
    private static final int OWN_ID = 0;

    private static final int RETRY_MS = 50;

    private final IoEventLoop loop;
    private final Path dir;
    private final Set<Attempt> attempts = new LinkedHashSet<>();

    /** @param dir where the guests' sockets appear; need not exist yet */
    public SocketTransport(AudioLoop loop, Path dir) {
        this.loop = loop.eventLoop();
        this.dir = dir;
    }

    @Override
    public Opening open(VchanPeer peer, int port, VchanListener listener) {
        Path path = dir.resolve("vchan." + peer.domid() + "." + OWN_ID + "." + port + ".sock");
        Attempt attempt = new Attempt(path, listener);
        attempts.add(attempt);
        attempt.next = loop.schedule(attempt::connect, 0, TimeUnit.MILLISECONDS);
        return attempt;
    }

    @Override
    public void close() {
        Set.copyOf(attempts).forEach(Attempt::cancel);
    }

    private final class Attempt implements Opening {
        private final Path path;
        private final VchanListener listener;
        private @Nullable Future<?> next;

        Attempt(Path path, VchanListener listener) {
            this.path = path;
            this.listener = listener;
        }

        void connect() {
            SocketVchan channel;
            try {
                channel = SocketVchan.connect(path, loop, listener::rung);
            } catch (IOException e) {
                next = loop.schedule(this::connect, RETRY_MS, TimeUnit.MILLISECONDS);
                return;
            }
            attempts.remove(this);
            listener.opened(channel);
        }

        @Override
        public void cancel() {
            attempts.remove(this);
            if (next != null) {
                next.cancel(false);
            }
        }
    }
}
