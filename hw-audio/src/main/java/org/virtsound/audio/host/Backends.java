package org.virtsound.audio.host;

import io.netty.channel.EventLoop;
import java.nio.file.Path;
import java.util.concurrent.Executor;

/** Makes the backend that a {@code host-server} names. */
final class Backends {
    private final EventLoop loop;
    private final PaceClock clock;
    private final Executor lookups;
    private final CookieFinder cookies;

    /** @param lookups where files are read and devices opened */
    Backends(EventLoop loop, PaceClock clock, Executor lookups, CookieFinder cookies) {
        this.loop = loop;
        this.clock = clock;
        this.lookups = lookups;
        this.cookies = cookies;
    }

    /**
     * @param hostServer "unix:PATH", "tcp:HOST:PORT", "alsa:PCM", "wav:DIR" or "silence"
     * @throws IllegalArgumentException for anything else, with what was expected
     */
    Backend of(String hostServer) {
        if (hostServer.equals("silence")) {
            return new OutputBackend(clock, hostServer, (guest, request, trouble) -> new SilentOutput(request.spec()));
        }
        if (hostServer.startsWith("unix:") || hostServer.startsWith("tcp:")) {
            PulseAddress address = PulseAddress.parse(hostServer);
            return new PulseBackend(loop, lookups, address, () -> cookies.find(address.path()));
        }
        if (hostServer.startsWith("wav:/")) {
            Path directory = Path.of(hostServer.substring("wav:".length()));
            return new OutputBackend(clock, hostServer, WavOutput.in(directory, lookups, loop));
        }
        if (hostServer.startsWith("alsa:") && hostServer.length() > "alsa:".length()) {
            String pcm = hostServer.substring("alsa:".length());
            return new OutputBackend(
                    clock,
                    hostServer,
                    AlsaOutput.on(clock, pcm, lookups),
                    (request, trouble) -> new AlsaInput(clock, pcm, lookups, request.spec(), trouble));
        }
        throw new IllegalArgumentException("host-server: '" + hostServer
                + "' (expected: auto, unix:PATH, tcp:HOST:PORT, alsa:PCM, wav:DIR or silence)");
    }
}
