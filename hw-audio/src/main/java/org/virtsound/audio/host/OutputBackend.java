package org.virtsound.audio.host;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.SoundServer;
import org.virtsound.audio.stream.StreamRequest;

/** The backends that have no server behind them: silence, a WAV file for each stream, an ALSA card. All but the last record silence. */
final class OutputBackend implements Backend {
    private final PaceClock clock;
    private final String name;
    private final Outputs outputs;
    private final Inputs inputs;

    /** One that records silence. */
    OutputBackend(PaceClock clock, String name, Outputs outputs) {
        this(
                clock,
                name,
                outputs,
                (request, trouble) -> Silence.of(request.spec().format()));
    }

    OutputBackend(PaceClock clock, String name, Outputs outputs, Inputs inputs) {
        this.clock = clock;
        this.name = name;
        this.outputs = outputs;
        this.inputs = inputs;
    }

    /** Makes an input for each record stream; it never fails: what cannot be opened is silent and says so. */
    @FunctionalInterface
    interface Inputs {
        PcmInput open(StreamRequest request, Consumer<@Nullable String> trouble);
    }

    @Override
    public SoundServer connect(HostIdentity guest, Listener listener) {
        clock.loop().execute(listener::up);
        return new ClockServer(
                clock,
                name,
                request -> outputs.open(guest, request, listener::trouble),
                request -> inputs.open(request, listener::trouble));
    }

    @Override
    public String describe() {
        return name;
    }
}
