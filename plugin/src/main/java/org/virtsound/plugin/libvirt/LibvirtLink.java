package org.virtsound.plugin.libvirt;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.libvirt.LibvirtException;
import org.virtsound.plugin.provision.HypervisorException;
import org.virtsound.plugin.provision.HypervisorListener;

/**
 * Keeps one connection up: the first of its URIs that answers, and from then on that one; one that has not said no yet is waited for. Its thread owns everything but the flags
 * that callbacks set; a connection is opened on a thread of its own, since a daemon that hangs would hold it for ever.
 */
final class LibvirtLink {
    private static final Logger log = Logger.getLogger(LibvirtLink.class.getName());
    private static final int OPEN_WITHIN_MS = 10_000;
    private static final int FIRST_RETRY_MS = 250;
    private static final int LAST_RETRY_MS = 5_000;
    private static final long TELL_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int STOP_WITHIN_MS = 700;

    private final HypervisorListener listener;
    private final int openWithinMs;
    private final Thread thread;
    private final Map<String, CompletableFuture<LibvirtConnection>> opening = new HashMap<>();
    private final AtomicLong events = new AtomicLong();
    private volatile List<String> uris;
    private volatile @Nullable String connectedTo;
    private volatile @Nullable String problem;
    private final AtomicLong connects = new AtomicLong();
    private @Nullable String lastTrouble;
    private long toldNanos;
    private volatile @Nullable LibvirtConnection broken;
    private final CompletableFuture<@Nullable Void> stop = new CompletableFuture<>();

    LibvirtLink(List<String> uris, HypervisorListener listener) {
        this(uris, listener, OPEN_WITHIN_MS);
    }

    LibvirtLink(List<String> uris, HypervisorListener listener, int openWithinMs) {
        this.uris = uris;
        this.listener = listener;
        this.openWithinMs = openWithinMs;
        this.thread = new Thread(this::run, "libvirt " + String.join(" ", uris));
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** For any thread. */
    LinkStatus status() {
        return new LinkStatus(uris, connectedTo, problem, connects.get(), events.get());
    }

    /** Asks it to end; {@link #join} waits for it. */
    void stop() {
        stop.complete(null);
        LockSupport.unpark(thread);
    }

    /** A connection that hangs is left to the process's end. */
    void join() {
        try {
            thread.join(STOP_WITHIN_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        int retryMs = FIRST_RETRY_MS;
        while (!stop.isDone()) {
            LibvirtConnection connection = open();
            if (connection == null) {
                pause(retryMs);
                retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
                continue;
            }
            retryMs = FIRST_RETRY_MS;
            serve(connection);
            if (!stop.isDone()) {
                pause(retryMs);
            }
        }
    }

    private void serve(LibvirtConnection connection) {
        try {
            connection.watch(domain -> {
                events.incrementAndGet();
                listener.changed(connection, domain);
            });
            log.log(Level.INFO, "connected to " + connection.uri());
            lastTrouble = null;
            problem = null;
            uris = List.of(connection.uri());
            connectedTo = connection.uri();
            connects.incrementAndGet();
            listener.connected(connection);
            while (!stop.isDone() && broken != connection) {
                LockSupport.park(this);
            }
            if (!stop.isDone()) {
                log.log(Level.WARNING, connection.uri() + " is gone; guests keep their sound, and it is tried again");
            }
        } catch (HypervisorException e) {
            trouble(connection.uri() + ": " + e.getMessage());
        } finally {
            connectedTo = null;
            listener.lost(connection);
            connection.close();
        }
    }

    private @Nullable LibvirtConnection open() {
        StringBuilder reasons = new StringBuilder();
        for (String uri : uris) {
            if (stop.isDone()) {
                return null;
            }
            try {
                LibvirtConnection connection = open(uri);
                if (!reasons.isEmpty()) {
                    log.log(Level.INFO, "not served, as it does not answer: " + reasons);
                }
                return connection;
            } catch (HypervisorException e) {
                reasons.append(reasons.isEmpty() ? "" : "; ")
                        .append(uri)
                        .append(": ")
                        .append(e.getMessage());
                if (opening.containsKey(uri)) {
                    break; // it has not said no: on a busy host the next one would be the wrong one, for good
                }
            }
        }
        trouble("waiting for libvirt: " + reasons);
        return null;
    }

    private LibvirtConnection open(String uri) throws HypervisorException {
        CompletableFuture<LibvirtConnection> attempt = opening.computeIfAbsent(uri, this::attempt);
        try {
            CompletableFuture.anyOf(attempt, stop).get(openWithinMs, TimeUnit.MILLISECONDS);
            if (!attempt.isDone()) {
                throw new HypervisorException("stopped");
            }
            opening.remove(uri);
            return attempt.join();
        } catch (TimeoutException e) {
            // The attempt goes on and is asked again next time; another one would hang beside it.
            throw new HypervisorException("no answer within " + openWithinMs + " ms");
        } catch (ExecutionException e) {
            opening.remove(uri);
            Throwable cause = e.getCause();
            throw new HypervisorException(String.valueOf(cause == null ? e : cause.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException("interrupted");
        }
    }

    private CompletableFuture<LibvirtConnection> attempt(String uri) {
        CompletableFuture<LibvirtConnection> result = new CompletableFuture<>();
        Thread opener = new Thread(
                () -> {
                    try {
                        result.complete(LibvirtConnection.open(uri, this::broke));
                    } catch (LibvirtException | RuntimeException | LinkageError e) {
                        result.completeExceptionally(e);
                    }
                },
                "libvirt-open " + uri);
        opener.setDaemon(true);
        opener.start();
        return result;
    }

    /** On any thread, inside libvirt: no lock. */
    private void broke(LibvirtConnection connection) {
        broken = connection;
        LockSupport.unpark(thread);
    }

    /** Said once, not at every retry; once more where the reason changed for good. */
    private void trouble(String text) {
        problem = text;
        boolean isNew =
                lastTrouble == null || (!text.equals(lastTrouble) && System.nanoTime() - toldNanos > TELL_AGAIN_NANOS);
        log.log(isNew ? Level.WARNING : Level.FINE, text);
        if (isNew) {
            lastTrouble = text;
            toldNanos = System.nanoTime();
        }
    }

    private void pause(int ms) {
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
        for (long left = endNanos - System.nanoTime();
                left > 0 && !stop.isDone();
                left = endNanos - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
        }
    }
}
