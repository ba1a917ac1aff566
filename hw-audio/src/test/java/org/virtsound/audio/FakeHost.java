package org.virtsound.audio;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.PlaybackListener;
import org.virtsound.audio.stream.PlaybackStream;
import org.virtsound.audio.stream.RecordListener;
import org.virtsound.audio.stream.RecordStream;
import org.virtsound.audio.stream.Reply;
import org.virtsound.audio.stream.SeekMode;
import org.virtsound.audio.stream.SoundHost;
import org.virtsound.audio.stream.SoundHostListener;
import org.virtsound.audio.stream.SoundServer;
import org.virtsound.audio.stream.Stream;
import org.virtsound.audio.stream.StreamListener;
import org.virtsound.audio.stream.StreamOpened;
import org.virtsound.audio.stream.StreamRequest;
import org.virtsound.audio.stream.Timing;

/**
 * A host that has no clock: it opens streams on the loop's next turn, hears at once what is written and asks for as much again, and
 * records what its test hands it. It writes down what was asked of it.
 */
public final class FakeHost implements SoundHost {
    public static final int CREDIT = 3840;

    private final EventLoop loop;
    public final List<Place> places = new CopyOnWriteArrayList<>();
    public final List<Place> silences = new CopyOnWriteArrayList<>();

    /** Credit for what was written comes from the test, and so does the answer to a drain ({@link FakePlayback#drained}). */
    public volatile boolean byHand;

    public FakeHost(EventLoop loop) {
        this.loop = loop;
    }

    @Override
    public SoundServer open(UUID uuid, String title, SoundHostListener listener) {
        Place place = new Place(title, listener);
        places.add(place);
        return place;
    }

    @Override
    public SoundServer silence() {
        Place place = new Place("silence", null);
        silences.add(place);
        return place;
    }

    /** @return all streams at the card, in the order they were opened, closed ones too */
    public List<FakeStream> streams() {
        return places.stream().flatMap(place -> place.streams.stream()).toList();
    }

    public final class Place implements SoundServer {
        public final String title;
        public final @Nullable SoundHostListener listener;
        public final List<FakeStream> streams = new CopyOnWriteArrayList<>();
        public volatile boolean closed;

        Place(String title, @Nullable SoundHostListener listener) {
            this.title = title;
            this.listener = listener;
        }

        @Override
        public PlaybackStream play(StreamRequest request, PlaybackListener listener) {
            FakePlayback stream = new FakePlayback(request, listener);
            streams.add(stream);
            return stream;
        }

        @Override
        public RecordStream record(StreamRequest request, RecordListener listener) {
            FakeRecord stream = new FakeRecord(request, listener);
            streams.add(stream);
            return stream;
        }

        @Override
        public String describe() {
            return "fake";
        }

        @Override
        public void close() {
            closed = true;
            streams.forEach(FakeStream::close);
        }
    }

    public abstract class FakeStream implements Stream {
        public final StreamRequest request;
        public final List<String> asked = new CopyOnWriteArrayList<>();
        final List<Reply> unanswered = new ArrayList<>();
        public volatile boolean closed;
        private final StreamListener listener;

        FakeStream(StreamRequest request, StreamListener listener, int creditBytes) {
            this.request = request;
            this.listener = listener;
            BufferAttr attr = new BufferAttr(4 << 20, CREDIT, 0, 960, 960);
            loop.execute(() -> {
                if (!closed) {
                    listener.opened(new StreamOpened(attr, 1000, false, creditBytes));
                }
            });
        }

        void note(String what, Reply reply) {
            asked.add(what);
            reply.done(ErrorCode.OK);
        }

        @Override
        public void cork(boolean corked, Reply reply) {
            note("cork " + corked, reply);
        }

        @Override
        public void flush(Reply reply) {
            note("flush", reply);
        }

        @Override
        public void timing(int tag, int localS, int localUs) {
            Timing timing = new Timing();
            timing.firstLatencyUs = 5000;
            timing.running = true;
            timing.writeIndex = writeIndex();
            timing.readIndex = writeIndex() - unplayedBytes();
            loop.execute(() -> {
                if (!closed) {
                    listener.timing(tag, localS, localUs, timing);
                }
            });
        }

        abstract long writeIndex();

        long unplayedBytes() {
            return 0;
        }

        @Override
        public void bufferAttr(BufferAttr wanted, boolean adjustLatency, boolean earlyRequests, Reply reply) {
            listener.bufferAttr(new BufferAttr(4 << 20, 1920, 0, 960, 480), 500);
            note("bufferAttr " + wanted, reply);
        }

        @Override
        public void sampleRate(int rateHz, Reply reply) {
            note("rate " + rateHz, reply);
        }

        @Override
        public void name(String name, Reply reply) {
            note("name " + name, reply);
        }

        @Override
        public void volume(ChannelVolumes volume, Reply reply) {
            note("volume " + volume.volumes(), reply);
        }

        @Override
        public void mute(boolean muted, Reply reply) {
            note("mute " + muted, reply);
        }

        @Override
        public void device(@Nullable String device, Reply reply) {
            note("device " + device, reply);
        }

        @Override
        public void close() {
            closed = true;
            unanswered.forEach(reply -> reply.done(ErrorCode.NOENTITY));
            unanswered.clear();
        }
    }

    public final class FakePlayback extends FakeStream implements PlaybackStream {
        public final ByteArrayOutputStream heard = new ByteArrayOutputStream();
        public final PlaybackListener listener;
        /** What it has heard of and not played, where a test says so. */
        public volatile int unplayed;

        private long writeIndex;

        FakePlayback(StreamRequest request, PlaybackListener listener) {
            super(request, listener, CREDIT);
            this.listener = listener;
        }

        @Override
        public void write(ByteBuf block, SeekMode mode, long offsetBytes) {
            byte[] bytes = new byte[block.readableBytes()];
            block.readBytes(bytes);
            block.release();
            if (mode != SeekMode.RELATIVE || offsetBytes != 0) {
                asked.add("seek " + mode + " " + offsetBytes);
            }
            writeIndex = (mode == SeekMode.ABSOLUTE ? 0 : writeIndex) + offsetBytes + bytes.length;
            synchronized (heard) {
                heard.writeBytes(bytes);
            }
            if (byHand) {
                return;
            }
            loop.execute(() -> {
                if (!closed) {
                    listener.credit(bytes.length);
                }
            });
        }

        public byte[] heardBytes() {
            synchronized (heard) {
                return heard.toByteArray();
            }
        }

        @Override
        public void flush(Reply reply) {
            writeIndex -= unplayed;
            unplayed = 0;
            super.flush(reply);
        }

        @Override
        long writeIndex() {
            return writeIndex;
        }

        @Override
        long unplayedBytes() {
            return unplayed;
        }

        @Override
        public void drain(Reply reply) {
            if (byHand) {
                asked.add("drain");
                unanswered.add(reply);
            } else {
                note("drain", reply);
            }
        }

        /** On the loop: answers the drains that wait. */
        public void drained() {
            List<Reply> waiting = List.copyOf(unanswered);
            unanswered.clear();
            waiting.forEach(reply -> reply.done(ErrorCode.OK));
        }

        @Override
        public void prebuf(Reply reply) {
            note("prebuf", reply);
        }

        @Override
        public void trigger(Reply reply) {
            note("trigger", reply);
        }
    }

    public final class FakeRecord extends FakeStream implements RecordStream {
        public final RecordListener listener;
        private long recorded;

        FakeRecord(StreamRequest request, RecordListener listener) {
            super(request, listener, 0);
            this.listener = listener;
        }

        /** On the loop. */
        public void hear(ByteBuf pcm) {
            if (closed) {
                pcm.release();
                return;
            }
            recorded += pcm.readableBytes();
            listener.fragment(pcm);
        }

        @Override
        long writeIndex() {
            return recorded;
        }
    }
}
