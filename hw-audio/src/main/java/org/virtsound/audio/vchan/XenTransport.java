package org.virtsound.audio.vchan;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.AudioLoop;

/**
 * Xen's vchans. A guest serves a channel by writing two nodes below its home in xenstore; these are watched, and connected to, by
 * one thread {@code xenstore}, which then hands the channel to the audio loop for good. What is being opened is both's, what is open
 * the audio loop's.
 *
 * <p>Source: qubes-audio.md, 2 and 7.
 */
public final class XenTransport implements VchanTransport {
    private static final System.Logger log = System.getLogger(XenTransport.class.getName());
    private static final List<Path> DEVICES = List.of(Path.of("/dev/xen/gntdev"), Path.of("/dev/xen/evtchn"));
    private static final String OWN_ID = "domid";

    /** Starts the tokens of watches that only wake the thread. */
    private static final String POKE = "poke-";

    private static final String RELEASED = "@releaseDomain";
    private static final int RECONNECT_MS = 1_000;
    private static final int LOOK_EVERY_S = 5;

    private final IoEventLoop loop;
    private final List<Path> xenstore;
    private final Connector connector;
    private final Map<String, XenOpening> openings = new ConcurrentHashMap<>();
    private final AtomicInteger lastToken = new AtomicInteger();
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

    /** @throws VchanUnavailableException where this is no Xen host, or the library is missing */
    public static XenTransport load(AudioLoop loop) throws VchanUnavailableException {
        LibXenVchan.load();
        for (Path device : DEVICES) {
            if (!Files.exists(device)) {
                throw new VchanUnavailableException(
                        device + " does not exist; is this a Xen host, with the kernel module xen-"
                                + device.getFileName() + " loaded?");
            }
        }
        return new XenTransport(loop, XenStore.PLACES, null);
    }

    XenTransport(AudioLoop loop, List<Path> xenstore, @Nullable Connector connector) {
        this.loop = loop.eventLoop();
        this.xenstore = xenstore;
        this.connector = connector == null ? new Library() : connector;
        looking = this.loop.scheduleAtFixedRate(
                () -> Set.copyOf(channels).forEach(XenVchan::look), LOOK_EVERY_S, LOOK_EVERY_S, TimeUnit.SECONDS);
        Thread thread = new Thread(this::run, "xenstore");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public Opening open(VchanPeer peer, int port, VchanListener listener) {
        String token = "vchan-" + lastToken.incrementAndGet();
        XenOpening opening = new XenOpening(token, peer, port, listener);
        openings.put(token, opening);
        tell(now -> now.watch(OWN_ID, POKE + token));
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
        openings.values().forEach(XenOpening::cancel);
        openings.clear();
        XenStore now = store;
        if (now != null) {
            now.close();
        }
    }

    private void run() {
        while (!closed) {
            try (XenStore fresh = XenStore.connect(xenstore)) {
                serve(fresh);
            } catch (IOException e) {
                if (!closed) {
                    log.log(WARNING, "xenstore: {0}; trying again", e.getMessage());
                    pause();
                }
            } finally {
                store = null;
            }
        }
    }

    private void serve(XenStore fresh) throws IOException {
        openings.values().forEach(XenOpening::forget);
        store = fresh;
        fresh.watch(RELEASED, RELEASED);
        fresh.watch(OWN_ID, OWN_ID);
        while (!closed) {
            String token = fresh.nextEvent();
            XenOpening opening = openings.get(token);
            if (opening != null) {
                advance(fresh, opening);
            } else if (token.equals(RELEASED)) {
                for (XenOpening each : openings.values()) {
                    giveUpIfGone(fresh, each);
                }
            } else if (token.equals(OWN_ID) || token.startsWith(POKE)) {
                if (token.startsWith(POKE)) {
                    fresh.unwatch(OWN_ID, token);
                }
                watchAll(fresh);
            }
        }
    }

    /** Our own number is part of every path; we may be in a domain of our own, whose number changes when it is migrated. */
    private void watchAll(XenStore from) throws IOException {
        String ownId = from.read(OWN_ID);
        if (ownId == null) {
            log.log(WARNING, "xenstore does not tell this domain''s number; no vchan can be opened");
            return;
        }
        for (XenOpening each : openings.values()) {
            each.watch(from, ownId);
        }
    }

    private void advance(XenStore from, XenOpening opening) throws IOException {
        if (opening.isServing()) {
            return;
        }
        int news = opening.countNews();
        if (news > XenOpening.newsASecond()) {
            if (news == XenOpening.newsASecond() + 1) {
                loop.schedule(() -> again(opening), 1, TimeUnit.SECONDS);
            }
            return;
        }
        if (!opening.isServed(from)) {
            giveUpIfGone(from, opening);
            return;
        }
        String path = opening.path();
        long handle = path == null ? 0 : connector.connect(opening.domid(), path);
        opening.serving(handle != 0);
        int delayMs = opening.nextDelayMs();
        loop.execute(() -> {
            if (handle == 0) {
                loop.schedule(() -> again(opening), delayMs, TimeUnit.MILLISECONDS);
            } else {
                handOver(opening, handle);
            }
        });
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
            log.log(WARNING, "vchan of domain " + opening.domid() + " cannot be watched", e);
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

    private void end(XenOpening opening) {
        opening.cancel();
        openings.remove(opening.token());
        tell(opening::unwatch);
    }

    /** A node without a server behind it is looked at again: a fresh watch rings at once. */
    private void again(XenOpening opening) {
        if (!opening.isCancelled()) {
            tell(opening::rewatch);
        }
    }

    private interface Telling {
        void to(XenStore store) throws IOException;
    }

    /** Where xenstore is not there now, it is told all anew once it is. */
    private void tell(Telling telling) {
        XenStore now = store;
        if (now != null) {
            try {
                telling.to(now);
            } catch (IOException e) {
                log.log(DEBUG, "xenstore", e);
            }
        }
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
