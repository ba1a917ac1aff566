package org.virtsound.audio.vchan;

import java.io.IOException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One channel that is waited for: where in xenstore its server would show, and when to try again. Owned by the thread
 * {@code xenstore}, but for {@link #cancel} and {@link #isCancelled}, which are the audio loop's.
 *
 * <p>Source: qubes-audio.md, 2.
 */
final class XenOpening {
    private static final int DELAY_MIN_MS = 100;
    private static final int DELAY_MAX_MS = 2_000;
    private static final int NEWS_A_SECOND = 20;

    private final String token;
    private final VchanPeer peer;
    private final int port;
    private final VchanListener listener;
    private @Nullable String path;
    private @Nullable Future<?> retry;
    private volatile boolean cancelled;
    private int domid;
    private String serverPort = "";
    private int delayMs = DELAY_MIN_MS;
    private long secondStartNanos = System.nanoTime();
    private int newsInSecond;
    private boolean serving;

    /** @param token that its events carry */
    XenOpening(String token, VchanPeer peer, int port, VchanListener listener) {
        this.token = token;
        this.peer = peer;
        this.port = port;
        this.listener = listener;
        domid = peer.domid();
    }

    String token() {
        return token;
    }

    VchanListener listener() {
        return listener;
    }

    /** @return of the domain that serves it */
    int domid() {
        return domid;
    }

    @Nullable
    String path() {
        return path;
    }

    /** From now on its events come, the first at once. */
    void watch(XenStore store, String ownId) throws IOException {
        if (cancelled) {
            return;
        }
        domid = peer.emulatedCard() ? deviceModel(store) : peer.domid();
        String before = path;
        String now = "/local/domain/" + domid + "/data/vchan/" + ownId + "/" + port;
        if (now.equals(before)) {
            return;
        }
        if (before != null) {
            store.unwatch(leaf(before), token);
        }
        path = now;
        store.watch(leaf(now), token);
    }

    /** A new connection to xenstore knows nothing of it. */
    void forget() {
        path = null;
    }

    void unwatch(XenStore store) throws IOException {
        if (retry != null) {
            retry.cancel(false);
        }
        if (path != null) {
            store.unwatch(leaf(path), token);
            path = null;
        }
    }

    /** The node that the server may read and we may; its directory may not be readable. */
    private static String leaf(String path) {
        return path + "/event-channel";
    }

    /** Where an emulated card's device model has a domain of its own, it is the one that plays. */
    private int deviceModel(XenStore store) throws IOException {
        String model = store.read("/local/domain/" + peer.domid() + "/image/device-model-domid");
        try {
            int found = model == null ? 0 : Integer.parseInt(model);
            return found > 0 ? found : peer.domid();
        } catch (NumberFormatException e) {
            return peer.domid();
        }
    }

    /** @return whether a server shows; a new one gets the short delay */
    boolean isServed(XenStore store) throws IOException {
        String now = path;
        String found = now == null ? null : store.read(leaf(now));
        String shown = found == null ? "" : found;
        if (!shown.equals(serverPort)) {
            serverPort = shown;
            delayMs = DELAY_MIN_MS;
        }
        return !shown.isEmpty();
    }

    /** @return the wait before a node without a server behind it is tried again */
    int nextDelayMs() {
        int now = delayMs;
        delayMs = Math.min(2 * delayMs, DELAY_MAX_MS);
        return now;
    }

    /** In place of one that was planned before. */
    void retry(Future<?> planned) {
        if (retry != null) {
            retry.cancel(false);
        }
        retry = planned;
    }

    /** A guest writes its nodes as often as it likes; this keeps the others' turn. Counts this time, too. */
    boolean isTooEager() {
        long now = System.nanoTime();
        if (now - secondStartNanos > TimeUnit.SECONDS.toNanos(1)) {
            secondStartNanos = now;
            newsInSecond = 0;
        }
        return ++newsInSecond > NEWS_A_SECOND;
    }

    /** The channel is open and on its way to the audio loop: a second client of one server would tear its ring. */
    void serving() {
        serving = true;
    }

    boolean isServing() {
        return serving;
    }

    void cancel() {
        cancelled = true;
    }

    boolean isCancelled() {
        return cancelled;
    }
}
