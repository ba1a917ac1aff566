package org.virtsound.audio.host;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.PlaybackListener;
import org.virtsound.audio.stream.PlaybackStream;
import org.virtsound.audio.stream.RecordListener;
import org.virtsound.audio.stream.RecordStream;
import org.virtsound.audio.stream.SoundServer;
import org.virtsound.audio.stream.Stream;
import org.virtsound.audio.stream.StreamRequest;

/** A host's sound server that a test can end and bring back; it hears what is played to it. */
final class MortalHost implements Backend {
    private final VirtualTime time;
    private final List<Heard> playing = new ArrayList<>();
    private final List<Runnable> ends = new ArrayList<>();
    private Backend.Listener listener;
    private ErrorCode endsWith = ErrorCode.CONNECTIONTERMINATED;
    boolean alive = true;
    /** Takes connections and commands and never answers. */
    boolean hung;

    /** From being let to play to playing. */
    int startsLateMs;

    /** From reading to hearing. */
    int latencyMs;

    /** Happens between the asking for a stream and its opening. */
    Runnable meanwhile = () -> {};

    /** Timing questions that it was asked. */
    int questions;

    int tries;
    int streams;
    final List<StreamRequest> requests = new ArrayList<>();
    /** All that was heard, in order, as 16 bit samples of the first channel; what nobody played is missing. */
    final List<Short> heard = new ArrayList<>();

    PlaybackListener lastListener;

    MortalHost(VirtualTime time) {
        this.time = time;
    }

    @Override
    public SoundServer connect(HostIdentity guest, Listener told) {
        tries++;
        time.clock.loop().execute(() -> {
            if (hung) {
                return;
            }
            if (alive) {
                listener = told;
                told.up();
            } else {
                told.down("nobody listens there");
            }
        });
        return new Place();
    }

    void die() {
        alive = false;
        endsWith = ErrorCode.CONNECTIONTERMINATED;
        List.copyOf(ends).forEach(Runnable::run);
        ends.clear();
        playing.clear();
        if (listener != null) {
            listener.down("connection closed");
            listener = null;
        }
    }

    /** Its device goes to sleep, or wakes. */
    void sleeps(boolean asleep) {
        if (listener != null && lastListener != null && streams > 0) {
            lastListener.suspended(asleep);
        }
    }

    void endStreams(ErrorCode error) {
        endsWith = error;
        List.copyOf(ends).forEach(Runnable::run);
        ends.clear();
    }

    @Override
    public String describe() {
        return "unix:/mortal";
    }

    private final class Place implements SoundServer {
        private final List<Stream> all = new ArrayList<>();

        @Override
        public PlaybackStream play(StreamRequest request, PlaybackListener told) {
            streams++;
            requests.add(request);
            lastListener = told;
            Heard output = new Heard(request);
            PacedPlayback stream = new PacedPlayback(time.clock, output, request, false, told, gone -> streams--);
            all.add(stream);
            playing.add(output);
            ends.add(() -> {
                told.ended(endsWith);
                stream.close();
            });
            time.clock.loop().execute(() -> meanwhile.run());
            if (!hung) {
                stream.open();
            }
            return (PlaybackStream) Proxy.newProxyInstance(
                    PlaybackStream.class.getClassLoader(),
                    new Class<?>[] {PlaybackStream.class},
                    (proxy, method, args) -> {
                        questions += method.getName().equals("timing") ? 1 : 0;
                        return method.invoke(stream, args);
                    });
        }

        @Override
        public RecordStream record(StreamRequest request, RecordListener told) {
            requests.add(request);
            ClockedRecord stream = new ClockedRecord(time.clock, request, told, gone -> {});
            all.add(stream);
            ends.add(() -> {
                told.ended(endsWith);
                stream.close();
            });
            stream.open();
            return stream;
        }

        @Override
        public String describe() {
            return "mortal host";
        }

        @Override
        public void close() {
            List.copyOf(all).forEach(Stream::close);
        }
    }

    private final class Heard extends SilentOutput {
        private final int frameBytes;

        Heard(StreamRequest request) {
            super(request.spec());
            frameBytes = request.spec().frameBytes();
        }

        @Override
        public void start(long nowNs) {
            super.start(nowNs + startsLateMs * 1_000_000L);
        }

        @Override
        public long latencyUs() {
            return latencyMs * 1000L;
        }

        @Override
        public void play(ByteBuffer pcm) {
            for (int at = pcm.position(); at + frameBytes <= pcm.limit(); at += frameBytes) {
                heard.add((short) (pcm.get(at) & 0xFF | pcm.get(at + 1) << 8));
            }
        }

        @Override
        public boolean wantsSamples() {
            return true;
        }
    }
}
