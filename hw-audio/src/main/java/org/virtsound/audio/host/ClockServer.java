package org.virtsound.audio.host;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;
import org.virtsound.audio.stream.PlaybackListener;
import org.virtsound.audio.stream.PlaybackStream;
import org.virtsound.audio.stream.RecordListener;
import org.virtsound.audio.stream.RecordStream;
import org.virtsound.audio.stream.SoundServer;
import org.virtsound.audio.stream.Stream;
import org.virtsound.audio.stream.StreamRequest;

/** Streams served by ourselves: they play to an output and record from an input each, by default nobody and silence, at the right pace. */
final class ClockServer implements SoundServer {
    private final PaceClock clock;
    private final String name;
    private final Function<StreamRequest, PcmOutput> outputs;
    private final Function<StreamRequest, PcmInput> inputs;
    private final Set<Stream> streams = new LinkedHashSet<>();

    /** Silence. */
    ClockServer(PaceClock clock) {
        this(
                clock,
                "silence",
                request -> new SilentOutput(request.spec()),
                request -> Silence.of(request.spec().format()));
    }

    /** @param name for people */
    ClockServer(
            PaceClock clock,
            String name,
            Function<StreamRequest, PcmOutput> outputs,
            Function<StreamRequest, PcmInput> inputs) {
        this.clock = clock;
        this.name = name;
        this.outputs = outputs;
        this.inputs = inputs;
    }

    @Override
    public PlaybackStream play(StreamRequest request, PlaybackListener listener) {
        PacedPlayback stream =
                new PacedPlayback(clock, outputs.apply(request), request, false, listener, streams::remove);
        streams.add(stream);
        stream.open();
        return stream;
    }

    @Override
    public RecordStream record(StreamRequest request, RecordListener listener) {
        ClockedRecord stream = new ClockedRecord(clock, inputs.apply(request), request, listener, streams::remove);
        streams.add(stream);
        stream.open();
        return stream;
    }

    @Override
    public String describe() {
        return name;
    }

    @Override
    public void close() {
        for (Stream stream : new ArrayList<>(streams)) {
            stream.close();
        }
    }
}
