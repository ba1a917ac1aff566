package org.virtsound.audio.vchan;

import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.AudioLoop;

/**
 * Xen's vchans. A guest serves a channel by writing two nodes below its home in xenstore; these are watched, and connected to, by
 * one thread {@code xenstore}, which then hands the channel to the audio loop for good; another, {@code xenstore-events}, waits for
 * the news and tells it. What is being opened is both's, what is open the audio loop's.
 *
 * <p>Source: qubes-audio.md, 2 and 7.
 */
public final class XenTransport implements VchanTransport {
    private static final Logger log = Logger.getLogger(XenTransport.class.getName());
    private static final List<Path> DEVICES = List.of(Path.of("/dev/xen/gntdev"), Path.of("/dev/xen/evtchn"));
    private static final String OWN_ID = "domid";
    private static final String RELEASED = "@releaseDomain";
    private static final int RECONNECT_MS = 1_000;
    private static final int LOOK_EVERY_S = 5;

    private final IoEventLoop loop;
    private final List<Path> xenstore;
    private final Connector connector;
    private final ScheduledExecutorService asking;
    private final Map<String, XenOpening> openings = new ConcurrentHashMap<>();
    private final AtomicInteger lastToken = new AtomicInteger();
    private final Set<String> news = ConcurrentHashMap.newKeySet();
    private final Set<XenVchan> channels = new LinkedHashSet<>();
    private final Future<?> looking;
    private volatile @Nullable XenStore store;
    private volatile boolean closed;

    /** From two nodes in xenstore to a channel. */
    interface Connector {
        /** On the thread {@code xenstore}. @return 0 where nobody serves it */
        long connect(int domid, String path);

        /** On the audio loop; the handle is the channel's, or closed. */
        Vchan channel(long handle, VchanListener listener) throws IOException;

        void drop(long handle);
    }

    /** @throws VchanUnavailableException where this is no Xen host, its devices are not ours to use, or the library is missing */
    public static XenTransport load(AudioLoop loop) throws VchanUnavailableException {
        LibXenVchan.load();
        for (Path device : DEVICES) {
            if (!Files.exists(device)) {
                throw new VchanUnavailableException(
                        device + " does not exist; is this a Xen host, with the kernel module xen-"
                                + device.getFileName() + " loaded?");
            }
            usable(device);
        }
        if (XenStore.PLACES.stream().noneMatch(Files::isWritable)) {
            usable(XenStore.PLACES.get(XenStore.PLACES.size() - 1));
        }
        return new XenTransport(loop, XenStore.PLACES, null);
    }

    private static void usable(Path device) throws VchanUnavailableException {
        if (!Files.isReadable(device) || !Files.isWritable(device)) {
            throw new VchanUnavailableException(device + " may not be used by " + System.getProperty("user.name")
                    + " (expected: its group is that user's, by udev's rules);"
                    + " run: systemctl restart systemd-udevd && udevadm trigger -s misc");
        }
    }

    XenTransport(AudioLoop loop, List<Path> xenstore, @Nullable Connector connector) {
        this.loop = loop.eventLoop();
        this.xenstore = xenstore;
        this.connector = connector == null ? new Library() : connector;
        looking = this.loop.scheduleAtFixedRate(
                () -> Set.copyOf(channels).forEach(XenVchan::look), LOOK_EVERY_S, LOOK_EVERY_S, TimeUnit.SECONDS);
        asking = new ScheduledThreadPoolExecutor(
                1, task -> thread(task, "xenstore"), new ThreadPoolExecutor.DiscardPolicy());
        thread(this::listen, "xenstore-events").start();
    }

    private static Thread thread(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public Opening open(VchanPeer peer, int port, VchanListener listener) {
        XenOpening opening = new XenOpening("vchan-" + lastToken.incrementAndGet(), peer, port, listener);
        openings.put(opening.token(), opening);
        asking.execute(() -> ask(now -> watch(now, List.of(opening))));
        return () -> {
            if (!opening.isCancelled()) {
                end(opening);
            }
        };
    }

    @Override
    public void close() {
        closed = true;
        looking.cancel(false);
        asking.shutdownNow();
        openings.values().forEach(XenOpening::cancel);
        openings.clear();
        XenStore now = store;
        if (now != null) {
            now.close();
        }
    }

    /** The thread {@code xenstore-events}: what changes, once until it is looked at, however often a guest writes it. */
    private void listen() {
        String trouble = "";
        while (!closed) {
            try (XenStore fresh = XenStore.connect(xenstore)) {
                asking.execute(() -> begin(fresh));
                while (!closed) {
                    String token = fresh.nextEvent();
                    if (!trouble.isEmpty()) {
                        trouble = "";
                        log.log(Level.INFO, "xenstore is back");
                    }
                    if (news.add(token)) {
                        asking.execute(() -> {
                            news.remove(token);
                            ask(now -> look(now, token));
                        });
                    }
                }
            } catch (IOException e) {
                if (!closed && !e.toString().equals(trouble)) {
                    trouble = e.toString();
                    log.log(
                            Level.WARNING,
                            "xenstore: " + e.getMessage() + "; trying again, and no vchan is opened meanwhile");
                }
            }
            pause();
        }
    }

    private interface Question {
        void to(XenStore store) throws IOException;
    }

    /** On the thread {@code xenstore}, as all below but for what the audio loop is told. Without xenstore all waits for the next one. */
    private void ask(Question question) {
        XenStore now = store;
        if (now != null) {
            try {
                question.to(now);
            } catch (IOException e) {
                log.log(Level.FINE, "xenstore", e);
                store = null;
                now.close();
            }
        }
    }

    private void begin(XenStore fresh) {
        store = fresh;
        openings.values().forEach(XenOpening::forget);
        ask(now -> {
            now.watch(RELEASED, RELEASED);
            now.watch(OWN_ID, OWN_ID);
        });
    }

    private void look(XenStore at, String token) throws IOException {
        XenOpening opening = openings.get(token);
        if (opening != null) {
            advance(at, opening);
        } else if (token.equals(RELEASED)) {
            for (XenOpening each : openings.values()) {
                giveUpIfGone(at, each);
            }
        } else if (token.equals(OWN_ID)) {
            watch(at, openings.values());
        }
    }

    /** Our own number is part of every path; we may be in a domain of our own, whose number changes when it is migrated. */
    private void watch(XenStore from, Collection<XenOpening> all) throws IOException {
        String ownId = from.read(OWN_ID);
        if (ownId == null) {
            log.log(Level.WARNING, "xenstore does not tell this domain''s number; no vchan can be opened");
            return;
        }
        for (XenOpening each : all) {
            each.watch(from, ownId);
        }
    }

    private void advance(XenStore from, XenOpening opening) throws IOException {
        String path = opening.path();
        if (opening.isCancelled() || opening.isServing() || path == null) {
            return;
        }
        if (opening.isTooEager()) {
            again(opening, TimeUnit.SECONDS.toMillis(1));
        } else if (!opening.isServed(from)) {
            giveUpIfGone(from, opening);
        } else {
            long handle = connector.connect(opening.domid(), path);
            if (handle == 0) {
                again(opening, opening.nextDelayMs());
            } else {
                opening.serving();
                loop.execute(() -> handOver(opening, handle));
            }
        }
    }

    private void again(XenOpening opening, long delayMs) {
        opening.retry(asking.schedule(() -> ask(now -> advance(now, opening)), delayMs, TimeUnit.MILLISECONDS));
    }

    private void handOver(XenOpening opening, long handle) {
        if (opening.isCancelled()) {
            connector.drop(handle);
            return;
        }
        end(opening);
        try {
            opening.listener().opened(connector.channel(handle, opening.listener()));
        } catch (IOException e) {
            log.log(Level.WARNING, "vchan of domain " + opening.domid() + " cannot be watched", e);
            opening.listener().broken(String.valueOf(e.getMessage()));
        }
    }

    private void giveUpIfGone(XenStore from, XenOpening opening) throws IOException {
        if (!from.domainExists(opening.domid())) {
            loop.execute(() -> {
                if (!opening.isCancelled()) {
                    end(opening);
                    opening.listener().gone();
                }
            });
        }
    }

    /** On the audio loop. */
    private void end(XenOpening opening) {
        opening.cancel();
        openings.remove(opening.token());
        asking.execute(() -> ask(opening::unwatch));
    }

    private static void pause() {
        try {
            Thread.sleep(RECONNECT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The real thing. */
    private final class Library implements Connector {
        @Override
        public long connect(int domid, String path) {
            long handle = LibXenVchan.connect(domid, path);
            if (handle != 0 && LibXenVchan.libxenvchan_is_open(handle) == 0) {
                // The server was killed, and its nodes are still there.
                LibXenVchan.libxenvchan_close(handle);
                return 0;
            }
            return handle;
        }

        @Override
        public Vchan channel(long handle, VchanListener listener) throws IOException {
            XenVchan[] self = new XenVchan[1];
            XenVchan channel = new XenVchan(handle, loop, listener, () -> channels.remove(self[0]));
            self[0] = channel;
            channels.add(channel);
            return channel;
        }

        @Override
        public void drop(long handle) {
            LibXenVchan.libxenvchan_close(handle);
        }
    }
}
