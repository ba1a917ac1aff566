package org.virtsound.audio.vchan;

import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEventLoop;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A channel of libxenvchan's. From here on the audio loop is the handle's one thread: it calls nothing that blocks, and the event
 * channel's descriptor rings it. What the peer wrote into the shared page is checked: a ring whose indices lie would look empty for
 * ever.
 *
 * <p>Source: qubes-audio.md, 5 and 7.
 */
final class XenVchan implements Vchan {
    private static final int EVENTS_AT_ONCE = 8;

    private final IoEventLoop loop;
    private final VchanListener listener;
    private final Runnable whenClosed;
    private final int unreadMaxBytes;
    private final int ringBytes;
    private long handle;
    private @Nullable Doorbell bell;
    private boolean broken;

    /** @param handle of {@link LibXenVchan#connect}; the channel's from now on, whatever happens */
    XenVchan(long handle, IoEventLoop loop, VchanListener listener, Runnable whenClosed) throws IOException {
        this.handle = handle;
        this.loop = loop;
        this.listener = listener;
        this.whenClosed = whenClosed;
        ringBytes = LibXenVchan.writeRingBytes(handle);
        unreadMaxBytes = Math.min(UNREAD_MAX_BYTES, ringBytes);
        try {
            bell = Doorbell.at(loop, new FileDescriptor(LibXenVchan.libxenvchan_fd_for_select(handle)), this::rung);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /**
     * Takes what events there are, which lets the next one in; until then the peer can ring as it likes. All have to go: the kernel
     * wakes nobody for an event that joins another, and binding the port has left one of its own.
     */
    private boolean rung() {
        int taken = 0;
        while (handle != 0 && taken < EVENTS_AT_ONCE && LibXenVchan.libxenvchan_wait(handle) == 0) {
            taken++;
        }
        if (handle != 0) {
            listener.rung();
        }
        return taken == EVENTS_AT_ONCE;
    }

    @Override
    public int read(ByteBuf into, int maxBytes) {
        if (handle == 0) {
            return -1;
        }
        int at = into.writerIndex();
        int got = LibXenVchan.libxenvchan_read(handle, into.memoryAddress() + at, maxBytes);
        if (got > 0) {
            into.writerIndex(at + got);
        } else {
            check();
        }
        return got;
    }

    @Override
    public int write(ByteBuf from) {
        if (!isOpen()) {
            return -1;
        }
        // Asking for the room also asks the peer to ring when it has read.
        int unreadBytes = ringBytes - LibXenVchan.libxenvchan_buffer_space(handle);
        int roomBytes = Math.min(unreadMaxBytes - unreadBytes, from.readableBytes());
        if (roomBytes <= 0) {
            check();
            return 0;
        }
        int put = LibXenVchan.libxenvchan_write(handle, from.memoryAddress() + from.readerIndex(), roomBytes);
        from.skipBytes(Math.max(0, put));
        return put;
    }

    private void check() {
        String wrong = broken ? null : LibXenVchan.wrongIndex(handle);
        if (wrong != null) {
            broken = true;
            loop.execute(() -> {
                if (handle != 0) {
                    listener.broken(wrong);
                }
            });
        }
    }

    @Override
    public boolean isOpen() {
        return handle != 0 && LibXenVchan.libxenvchan_is_open(handle) != 0;
    }

    /** A domain that was killed may ring no more; this looks for itself. */
    void look() {
        if (handle != 0 && !isOpen()) {
            listener.rung();
        }
    }

    @Override
    public void close() {
        if (handle == 0) {
            return;
        }
        if (bell != null) {
            bell.silence();
        }
        LibXenVchan.libxenvchan_close(handle);
        handle = 0;
        whenClosed.run();
    }
}
