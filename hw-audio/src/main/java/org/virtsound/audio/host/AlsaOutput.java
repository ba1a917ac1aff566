package org.virtsound.audio.host;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
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
    private static final int BUFFER_US = 50_000;
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long LET_GO_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int STEP_MS = 10;

    private final PaceClock clock;
    private final String name;
    private final Executor devices;
    private final Consumer<@Nullable String> trouble;
    private final PaceClock.Alarm letGo;
    private final Pace pace;
    private SampleSpec spec;

    private @Nullable Pointer pcm;
    private boolean opening;
    private boolean closed;
    private boolean troubled;
    private long retryAtNs;
    /** The clock's share of what may be taken: a device that takes all at once is held to the pace of time. */
    private long allowedBytes;

    private AlsaOutput(
            PaceClock clock, String name, Executor devices, SampleSpec spec, Consumer<@Nullable String> trouble) {
        this.clock = clock;
        this.name = name;
        this.devices = devices;
        this.trouble = trouble;
        this.spec = spec;
        this.pace = new Pace(spec);
        this.letGo = clock.alarm(now -> release());
        this.retryAtNs = clock.nowNs();
    }

    /** @param devices one thread, on which cards are opened and closed */
    static Outputs on(PaceClock clock, String name, Executor devices) {
        return (guest, request, trouble) -> new AlsaOutput(clock, name, devices, request.spec(), trouble);
    }

    @Override
    public void start(long nowNs) {
        letGo.at(PaceClock.NEVER);
        pace.start(nowNs);
        allowedBytes = spec.bytesOf(BUFFER_US);
        open(nowNs);
    }

    @Override
    public long take(long nowNs) {
        long gone = pace.take(nowNs);
        Pointer card = pcm;
        if (card == null) {
            open(nowNs);
            return gone;
        }
        // Half a per cent more than time: a card that runs fast is not starved by our clock.
        long surplus = gone / 200 / spec.frameBytes() * spec.frameBytes();
        allowedBytes = Math.min(allowedBytes + gone + surplus, spec.bytesOf(2L * BUFFER_US));
        long room = Asound.room(card);
        if (room < 0) {
            lost(Asound.words(room), nowNs);
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
        Pointer card = pcm;
        if (card == null) {
            return;
        }
        allowedBytes -= frames.remaining();
        long taken = Asound.write(card, frames, frames.remaining() / spec.frameBytes());
        if (taken < 0 && taken != Asound.EAGAIN) {
            lost(Asound.words(taken), clock.nowNs());
        }
    }

    @Override
    public void stop() {
        letGo.at(clock.nowNs() + LET_GO_NS);
    }

    @Override
    public void flush() {
        if (pcm != null) {
            Asound.drop(pcm);
        }
    }

    @Override
    public long latencyUs() {
        Pointer card = pcm;
        return card == null ? 0 : Asound.delay(card) * 1_000_000 / spec.rateHz();
    }

    @Override
    public void rate(int rateHz, long nowNs) {
        spec = new SampleSpec(spec.format(), spec.channels(), rateHz);
        pace.rate(rateHz, nowNs);
        release();
    }

    @Override
    public void close() {
        closed = true;
        letGo.at(PaceClock.NEVER);
        release();
    }

    private void open(long nowNs) {
        if (opening || closed || pcm != null || nowNs < retryAtNs) {
            return;
        }
        opening = true;
        retryAtNs = nowNs + RETRY_NS;
        SampleSpec as = spec;
        var unused = CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return Asound.open(name, as.format(), as.channels(), as.rateHz(), BUFFER_US);
                            } catch (Asound.AlsaException e) {
                                throw new IllegalStateException(e.getMessage(), e);
                            } catch (UnsatisfiedLinkError e) {
                                throw new IllegalStateException("libasound.so.2 is missing: install libasound2", e);
                            }
                        },
                        devices)
                .whenCompleteAsync(this::opened, clock.loop());
    }

    private void opened(@Nullable Pointer card, @Nullable Throwable failed) {
        opening = false;
        if (card == null) {
            Throwable cause = failed == null || failed.getCause() == null ? failed : failed.getCause();
            lost(cause == null ? "not opened" : String.valueOf(cause.getMessage()), clock.nowNs());
        } else if (closed) {
            devices.execute(() -> Asound.close(card));
        } else {
            pcm = card;
            allowedBytes = spec.bytesOf(BUFFER_US);
            if (troubled) {
                troubled = false;
                trouble.accept(null);
            }
        }
    }

    private void lost(String reason, long nowNs) {
        release();
        retryAtNs = nowNs + RETRY_NS;
        troubled = true;
        trouble.accept(reason);
    }

    private void release() {
        Pointer card = pcm;
        if (card != null) {
            pcm = null;
            devices.execute(() -> Asound.close(card));
        }
    }
}
