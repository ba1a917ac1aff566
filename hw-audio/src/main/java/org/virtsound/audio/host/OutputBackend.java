package org.virtsound.audio.host;

import org.virtsound.audio.stream.SoundServer;

/** The backends that have no server behind them: silence, a WAV file for each stream, an ALSA card. They record silence. */
final class OutputBackend implements Backend {
    private final PaceClock clock;
    private final String name;
    private final Outputs outputs;

    OutputBackend(PaceClock clock, String name, Outputs outputs) {
        this.clock = clock;
        this.name = name;
        this.outputs = outputs;
    }

    @Override
    public SoundServer connect(HostIdentity guest, Listener listener) {
        clock.loop().execute(listener::up);
        return new ClockServer(clock, name, request -> outputs.open(guest, request, listener::trouble));
    }

    @Override
    public String describe() {
        return name;
    }
}
