package org.virtsound.audio.host;

import static java.util.Objects.requireNonNull;

import io.netty.util.concurrent.Ticker;
import java.util.UUID;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.audio.stream.SoundHost;
import org.virtsound.audio.stream.SoundHostListener;
import org.virtsound.audio.stream.SoundServer;

/** The host's card, as the configuration's {@code host-server} names it. Owned by the audio loop. */
public final class HostSound implements SoundHost {
    private final PaceClock clock;

    /**
     * @param hostServer "auto", "unix:PATH", "tcp:HOST:PORT", "alsa:PCM", "wav:DIR" or "silence"
     * @throws IllegalArgumentException for anything else, with what was expected
     */
    public HostSound(AudioLoop loop, String hostServer) {
        this.clock = new PaceClock(loop.eventLoop(), Ticker.systemTicker());
        requireNonNull(hostServer, "hostServer is null");
    }

    @Override
    public SoundServer open(UUID uuid, String title, SoundHostListener listener) {
        return new ClockServer(clock);
    }

    @Override
    public SoundServer silence() {
        return new ClockServer(clock);
    }
}
