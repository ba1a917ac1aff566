package org.virtsound.audio.host;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import org.virtsound.audio.stream.PlaybackListener;
import org.virtsound.audio.stream.PlaybackStream;
import org.virtsound.audio.stream.RecordListener;
import org.virtsound.audio.stream.RecordStream;
import org.virtsound.audio.stream.SoundServer;
import org.virtsound.audio.stream.Stream;
import org.virtsound.audio.stream.StreamRequest;

/** The backend "silence": plays nothing and records silence, at the right pace. The smallest one: copy it for a new backend. */
final class ClockServer implements SoundServer {
    private final PaceClock clock;
    private final Set<Stream> streams = new LinkedHashSet<>();

    ClockServer(PaceClock clock) {
        this.clock = clock;
    }

    @Override
    public PlaybackStream play(StreamRequest request, PlaybackListener listener) {
        PacedPlayback stream =
                new PacedPlayback(clock, new SilentOutput(request.spec()), request, false, listener, streams::remove);
        streams.add(stream);
        stream.open();
        return stream;
    }

    @Override
    public RecordStream record(StreamRequest request, RecordListener listener) {
        ClockedRecord stream = new ClockedRecord(clock, request, listener, streams::remove);
        streams.add(stream);
        stream.open();
        return stream;
    }

    @Override
    public String describe() {
        return "silence";
    }

    @Override
    public void close() {
        for (Stream stream : new ArrayList<>(streams)) {
            stream.close();
        }
    }
}
