package org.virtsound.audio.host;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.PlaybackListener;
import org.virtsound.audio.stream.PlaybackStream;
import org.virtsound.audio.stream.RecordListener;
import org.virtsound.audio.stream.RecordStream;
import org.virtsound.audio.stream.SoundServer;
import org.virtsound.audio.stream.StreamRequest;

/**
 * One guest's place at the host's PulseAudio or pipewire-pulse, for one life of it: a connection that plays and, once something is
 * recorded, a second one for that. Owned by the audio loop.
 */
final class PulseServer implements SoundServer {
    private final PulseConnections connections;
    private final HostIdentity identity;
    private final Backend.Listener listener;
    private final Set<PulseStream> streams = new LinkedHashSet<>();
    private final Place playing = new Place();
    private final Place recording = new Place();
    private boolean over;

    /** @param listener hears of the connection that plays */
    PulseServer(PulseConnections connections, HostIdentity identity, Backend.Listener listener) {
        this.connections = connections;
        this.identity = identity;
        this.listener = listener;
    }

    void connect() {
        playing.client();
    }

    @Override
    public PlaybackStream play(StreamRequest request, PlaybackListener streamListener) {
        PulsePlayback stream = new PulsePlayback(playing.client(), identity, request, streamListener, streams::remove);
        playing.open(stream);
        return stream;
    }

    @Override
    public RecordStream record(StreamRequest request, RecordListener streamListener) {
        PulseRecord stream = new PulseRecord(recording.client(), identity, request, streamListener, streams::remove);
        recording.open(stream);
        return stream;
    }

    @Override
    public String describe() {
        return playing.client().describe();
    }

    @Override
    public void close() {
        over = true;
        for (PulseStream stream : new ArrayList<>(streams)) {
            stream.close();
        }
        playing.close();
        recording.close();
    }

    /** One connection, made when it is needed, and the streams that wait for it. */
    private final class Place implements PulseClient.Listener {
        private final List<PulseStream> waiting = new ArrayList<>();
        private @Nullable PulseClient client;

        PulseClient client() {
            PulseClient existing = client;
            if (existing != null && (!existing.isOver() || over)) {
                return existing;
            }
            PulseClient joined = connections.join(identity, this);
            client = joined;
            return joined;
        }

        void open(PulseStream stream) {
            streams.add(stream);
            if (client().isUp()) {
                stream.create();
            } else {
                waiting.add(stream);
            }
        }

        @Override
        public void up() {
            waiting.forEach(PulseStream::create);
            waiting.clear();
            if (this == playing) {
                listener.up();
            }
        }

        @Override
        public void down(ErrorCode error, String reason) {
            List<PulseStream> gone = new ArrayList<>(waiting);
            waiting.clear();
            gone.forEach(stream -> stream.over(error));
            if (this == playing && !over) {
                over = true;
                listener.down(reason);
            }
        }

        void close() {
            if (client != null) {
                client.leave(this);
            }
        }
    }
}
