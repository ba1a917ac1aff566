package org.virtsound.audio.host;

import com.sun.jna.Pointer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.SampleSpec;

/**
 * A PCM by its name, for one stream: opened when it is needed, let go soon after, and tried again every second where it cannot be
 * opened. Owned by the audio loop; opening and closing, which may take their time, are done beside it.
 */
final class AlsaCard {
    static final int BUFFER_US = 50_000;
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long LET_GO_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private final PaceClock clock;
    private final String name;
    private final Asound.Direction direction;
    private final Executor devices;
    private final Consumer<@Nullable String> trouble;
    private final PaceClock.Alarm letGo;

    private @Nullable Pointer pcm;
    private boolean needed;
    private boolean opening;
    private boolean closed;
    private boolean troubled;
    private long retryAtNs;

    /**
     * @param devices one thread, on which cards are opened and closed
     * @param trouble on the audio loop: what is wrong with it, null once it is right again
     */
    AlsaCard(
            PaceClock clock,
            String name,
            Asound.Direction direction,
            Executor devices,
            Consumer<@Nullable String> trouble) {
        this.clock = clock;
        this.name = name;
        this.direction = direction;
        this.devices = devices;
        this.trouble = trouble;
        this.letGo = clock.alarm(now -> release());
        this.retryAtNs = clock.nowNs();
    }

    /**
     * The clock's share of what may be taken or read: a device that does all at once is held to the pace of time, by half a per cent
     * more than time, for a card that runs fast.
     *
     * @param allowedBytes what was left of it
     * @param goneBytes what went by since
     */
    static long allowed(long allowedBytes, long goneBytes, SampleSpec spec) {
        long surplus = goneBytes / 200 / spec.frameBytes() * spec.frameBytes();
        return Math.min(allowedBytes + goneBytes + surplus, spec.bytesOf(2L * BUFFER_US));
    }

    /** @return null while it is not open */
    @Nullable
    Pointer pcm() {
        return pcm;
    }

    /** It is needed from now on; opened soon, where it is not and can be. */
    void need(SampleSpec spec, long nowNs) {
        if (closed) {
            return;
        }
        letGo.at(PaceClock.NEVER);
        needed = true;
        if (opening || pcm != null || nowNs < retryAtNs) {
            return;
        }
        opening = true;
        var unused = CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return Asound.open(
                                        name, direction, spec.format(), spec.channels(), spec.rateHz(), BUFFER_US);
                            } catch (Asound.AlsaException e) {
                                throw new IllegalStateException(e.getMessage(), e);
                            } catch (LinkageError e) {
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
        } else {
            pcm = card;
            if (!needed) {
                release();
            }
            if (troubled) {
                troubled = false;
                trouble.accept(null);
            }
        }
    }

    /** It does not do as it is told. */
    void lost(String reason, long nowNs) {
        release();
        retryAtNs = nowNs + RETRY_NS;
        troubled = true;
        trouble.accept(reason);
    }

    /** It is not needed for now. */
    void letGo() {
        letGo.at(clock.nowNs() + LET_GO_NS);
    }

    void release() {
        needed = false;
        Pointer card = pcm;
        if (card != null) {
            pcm = null;
            devices.execute(() -> Asound.close(card));
        }
    }

    void close() {
        closed = true;
        letGo.at(PaceClock.NEVER);
        release();
    }
}
