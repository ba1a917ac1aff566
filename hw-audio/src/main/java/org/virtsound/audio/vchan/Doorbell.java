package org.virtsound.audio.vchan;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells when a file descriptor has news, at most once a millisecond: a peer that rings without end cannot keep the audio loop busy.
 * Owned by the audio loop. The descriptor stays its owner's, who silences the bell before closing it.
 */
final class Doorbell implements EpollIoHandle {
    private static final long APART_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final EpollIoOps NEWS = EpollIoOps.EPOLLIN
            .with(EpollIoOps.EPOLLOUT)
            .with(EpollIoOps.EPOLLRDHUP)
            .with(EpollIoOps.EPOLLET);

    private final IoEventLoop loop;
    private final FileDescriptor fd;
    private final BooleanSupplier rung;
    private @Nullable IoRegistration registration;
    private long lastNanos = System.nanoTime() - APART_NANOS;
    private boolean pending;
    private boolean hungUp;

    private Doorbell(IoEventLoop loop, FileDescriptor fd, BooleanSupplier rung) {
        this.loop = loop;
        this.fd = fd;
        this.rung = rung;
    }

    /** @param rung not called before this returns; answers whether there is more than it took, and is then called again */
    static Doorbell at(IoEventLoop loop, FileDescriptor fd, BooleanSupplier rung) throws IOException {
        Doorbell bell = new Doorbell(loop, fd, rung);
        var registering = loop.register(bell);
        IoRegistration registration = registering.getNow();
        if (registration == null) {
            throw new IOException("descriptor " + fd.intValue() + " cannot be watched", registering.cause());
        }
        bell.registration = registration;
        registration.submit(NEWS);
        return bell;
    }

    /** @return whether the other side of a socket has closed it */
    boolean hungUp() {
        return hungUp;
    }

    void silence() {
        if (registration != null) {
            registration.cancel();
            registration = null;
        }
    }

    @Override
    public FileDescriptor fd() {
        return fd;
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        if (event instanceof EpollIoEvent news && news.ops().contains(EpollIoOps.EPOLLRDHUP)) {
            hungUp = true;
        }
        if (pending) {
            return;
        }
        long sinceNanos = System.nanoTime() - lastNanos;
        if (sinceNanos >= APART_NANOS) {
            ring();
        } else {
            ringIn(APART_NANOS - sinceNanos);
        }
    }

    private void ringIn(long nanos) {
        pending = true;
        loop.schedule(this::ring, nanos, TimeUnit.NANOSECONDS);
    }

    private void ring() {
        pending = false;
        lastNanos = System.nanoTime();
        if (registration != null && rung.getAsBoolean() && registration != null && !pending) {
            ringIn(APART_NANOS);
        }
    }

    /** The loop ends. */
    @Override
    public void close() {
        silence();
    }
}
