package org.virtsound.audio.host;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.SampleSpec;

/**
 * The backend "alsa:PCM". The card is open only while the stream plays: opened at its start, let go soon after its end. Where it
 * cannot be opened the stream goes on to nobody, at the right pace, and the card is tried again every second. Owned by the audio loop;
 * opening and closing, which may take their time, are done beside it.
 */
final class AlsaOutput implements PcmOutput {
    private static final int STEP_MS = 10;

    private final PaceClock clock;
    private final AlsaCard card;
    private final Pace pace;
    private SampleSpec spec;

    private long allowedBytes;

    private AlsaOutput(
            PaceClock clock, String name, Executor devices, SampleSpec spec, Consumer<@Nullable String> trouble) {
        this.clock = clock;
        this.card = new AlsaCard(clock, name, Asound.Direction.PLAYBACK, devices, trouble);
        this.spec = spec;
        this.pace = new Pace(spec);
    }

    /** @param devices one thread, on which cards are opened and closed */
    static Outputs on(PaceClock clock, String name, Executor devices) {
        return (guest, request, trouble) -> new AlsaOutput(clock, name, devices, request.spec(), trouble);
    }

    @Override
    public void start(long nowNs) {
        pace.start(nowNs);
        allowedBytes = spec.bytesOf(AlsaCard.BUFFER_US);
        card.need(spec, nowNs);
    }

    @Override
    public long take(long nowNs) {
        long gone = pace.take(nowNs);
        Pointer pcm = card.pcm();
        if (pcm == null) {
            card.need(spec, nowNs);
            return gone;
        }
        allowedBytes = AlsaCard.allowed(allowedBytes, gone, spec);
        long room = Asound.room(pcm);
        if (room < 0) {
            card.lost(Asound.words(room), nowNs);
            return gone;
        }
        return Math.min(room * spec.frameBytes(), allowedBytes);
    }

    @Override
    public long dueNs(long bytes) {
        return Math.min(pace.dueNs(bytes), clock.nowNs() + TimeUnit.MILLISECONDS.toNanos(STEP_MS));
    }

    @Override
    public boolean wantsSamples() {
        return true;
    }

    @Override
    public void play(ByteBuffer frames) {
        Pointer pcm = card.pcm();
        if (pcm == null) {
            return;
        }
        allowedBytes -= frames.remaining();
        long taken = Asound.write(pcm, frames, frames.remaining() / spec.frameBytes());
        if (taken < 0 && taken != Asound.EAGAIN) {
            card.lost(Asound.words(taken), clock.nowNs());
        }
    }

    @Override
    public void stop() {
        card.letGo();
    }

    @Override
    public void flush() {
        Pointer pcm = card.pcm();
        if (pcm != null) {
            Asound.drop(pcm);
        }
    }

    @Override
    public long latencyUs() {
        Pointer pcm = card.pcm();
        return pcm == null ? 0 : Asound.delay(pcm) * 1_000_000 / spec.rateHz();
    }

    @Override
    public void rate(int rateHz, long nowNs) {
        spec = new SampleSpec(spec.format(), spec.channels(), rateHz);
        pace.rate(rateHz, nowNs);
        card.release();
    }

    @Override
    public void close() {
        card.close();
    }
}
