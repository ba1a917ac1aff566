package org.virtsound.audio.host;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.RecordListener;
import org.virtsound.audio.stream.RecordStream;
import org.virtsound.audio.stream.Reply;
import org.virtsound.audio.stream.SampleSpec;
import org.virtsound.audio.stream.Stream;
import org.virtsound.audio.stream.StreamOpened;
import org.virtsound.audio.stream.StreamRequest;
import org.virtsound.audio.stream.Timing;

/** A record stream, of silence at the right pace or of what an input has. Corked, it costs no timer. Owned by the audio loop. */
final class ClockedRecord implements RecordStream {
    private final PaceClock clock;
    private final PaceClock.Alarm alarm;
    private final RecordListener listener;
    private final Consumer<? super Stream> onClosed;
    private final PcmInput input;
    private final Pace pace;
    private final Timing timing = new Timing();

    private SampleSpec spec;
    private BufferAttr attr;
    private boolean corked;
    private boolean running;
    private boolean paused;
    private boolean closed;
    private long index;
    /** Gone by and not yet handed over; bytes. */
    private long due;

    /** Of silence. */
    ClockedRecord(PaceClock clock, StreamRequest request, RecordListener listener, Consumer<? super Stream> onClosed) {
        this(clock, Silence.of(request.spec().format()), request, listener, onClosed);
    }

    /** @param onClosed once, when the owner closes the stream */
    ClockedRecord(
            PaceClock clock,
            PcmInput input,
            StreamRequest request,
            RecordListener listener,
            Consumer<? super Stream> onClosed) {
        this.clock = clock;
        this.listener = listener;
        this.onClosed = onClosed;
        this.spec = request.spec();
        this.attr = BufferSizes.record(request.attr(), spec, request.adjustLatency());
        this.corked = request.corked();
        this.pace = new Pace(spec);
        this.input = input;
        this.alarm = clock.alarm(this::tick);
    }

    /** Tells the listener, from the loop, that it is open. */
    void open() {
        clock.loop().execute(() -> {
            if (!closed) {
                listener.opened(begin());
                proceed();
            }
        });
    }

    /** @return what to tell of a stream that begins here */
    StreamOpened begin() {
        return new StreamOpened(attr, 0, false, 0);
    }

    BufferAttr attr() {
        return attr;
    }

    void attr(BufferAttr changed) {
        attr = changed;
    }

    /** @return bytes that went by so far */
    long index() {
        return index;
    }

    /** Stands still from now on: somebody else records. */
    void pause() {
        paused = true;
        running = false;
        alarm.at(PaceClock.NEVER);
    }

    /** Takes over from somebody else, who has got as far as {@code at}. */
    void resume(long at, boolean isCorked) {
        paused = false;
        index = Math.max(index, at);
        due = 0;
        corked = isCorked;
        proceed();
    }

    @Override
    public void cork(boolean on, Reply reply) {
        settle();
        corked = on;
        reply.done(ErrorCode.OK);
        proceed();
    }

    @Override
    public void flush(Reply reply) {
        settle();
        index += due;
        due = 0;
        reply.done(ErrorCode.OK);
        proceed();
    }

    @Override
    public void timing(int tag, int localS, int localUs) {
        timing.running = running;
        timing.answeredAt(clock.wallUs());
        timing.writeIndex = index;
        timing.readIndex = index;
        listener.timing(tag, localS, localUs, timing);
    }

    @Override
    public void bufferAttr(BufferAttr wanted, boolean adjustLatency, boolean earlyRequests, Reply reply) {
        settle();
        attr = BufferSizes.record(wanted, spec, adjustLatency);
        listener.bufferAttr(attr, 0);
        reply.done(ErrorCode.OK);
        proceed();
    }

    @Override
    public void sampleRate(int rateHz, Reply reply) {
        settle();
        spec = new SampleSpec(spec.format(), spec.channels(), rateHz);
        pace.rate(rateHz, clock.nowNs());
        reply.done(ErrorCode.OK);
        proceed();
    }

    @Override
    public void name(String name, Reply reply) {
        reply.done(ErrorCode.OK);
    }

    @Override
    public void volume(ChannelVolumes volume, Reply reply) {
        reply.done(ErrorCode.OK);
    }

    @Override
    public void mute(boolean muted, Reply reply) {
        reply.done(ErrorCode.OK);
    }

    @Override
    public void device(@Nullable String device, Reply reply) {
        reply.done(ErrorCode.OK);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            alarm.at(PaceClock.NEVER);
            input.close();
            onClosed.accept(this);
        }
    }

    private void tick(long nowNs) {
        settle();
        int bytes = fragmentBytes();
        long ready = running ? input.ready(due) : 0;
        while (ready >= bytes && !corked && !closed) {
            ready -= bytes;
            due = Math.max(0, due - bytes);
            index += bytes;
            listener.fragment(input.read(bytes));
        }
        proceed();
    }

    private int fragmentBytes() {
        return Math.min(attr.fragSize(), input.longest(spec.frameBytes()));
    }

    private void settle() {
        if (running) {
            due += pace.take(clock.nowNs());
        }
    }

    private void proceed() {
        if (closed || paused) {
            return;
        }
        if (corked) {
            if (running) {
                input.stop();
            }
            running = false;
            alarm.at(PaceClock.NEVER);
            return;
        }
        if (!running) {
            running = true;
            pace.start(clock.nowNs());
            input.start();
        }
        alarm.at(pace.dueNs(Math.max(fragmentBytes() - due, spec.frameBytes())));
    }
}
