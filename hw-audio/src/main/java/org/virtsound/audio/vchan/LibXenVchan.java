package org.virtsound.audio.vchan;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * libxenvchan, as far as a client needs it. Its interface is not stable, so the version is in its name; from 4.16 to 4.20 it is the
 * same. A handle is for one thread at a time. Nothing of Xen is loaded before {@link #load}.
 *
 * <p>Source: qubes-audio.md, 7.
 */
final class LibXenVchan {
    private static final List<String> VERSIONS = List.of("4.20", "4.19", "4.18", "4.17", "4.16");
    private static final int FLAGS_OFFSET = 28;
    private static final int READ_RING_OFFSET = 32;
    private static final int WRITE_RING_OFFSET = 56;
    private static final int ORDER_IN_RING = 16;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int O_NONBLOCK = 04000;

    private LibXenVchan() {}

    /** @throws VchanUnavailableException where it is not installed, with the package to install */
    static synchronized void load() throws VchanUnavailableException {
        for (String version : VERSIONS) {
            NativeLibrary library = find("libxenvchan.so." + version);
            if (library != null) {
                Native.register(LibXenVchan.class, library);
                return;
            }
        }
        throw new VchanUnavailableException("libxenvchan is not installed (looked for versions "
                + String.join(", ", VERSIONS) + "); install the package " + XenRelease.libraryPackage());
    }

    private static @Nullable NativeLibrary find(String name) {
        try {
            return NativeLibrary.getInstance(name);
        } catch (UnsatisfiedLinkError e) {
            return null;
        }
    }

    /** @return a handle that never blocks, 0 where there is nothing to connect to (now, or any more) */
    static long connect(int domid, String path) {
        long handle = libxenvchan_client_init(0, domid, path);
        if (handle == 0) {
            return 0;
        }
        // The library leaves these bits as malloc gave them: not a server that persists, not blocking.
        new Pointer(handle).setInt(FLAGS_OFFSET, 0);
        int fd = libxenvchan_fd_for_select(handle);
        // So that wait() without an event returns, too.
        NativeLibrary c = NativeLibrary.getInstance("c");
        int flags = c.getFunction("fcntl").invokeInt(new Object[] {fd, F_GETFL, 0});
        c.getFunction("fcntl").invokeInt(new Object[] {fd, F_SETFL, flags | O_NONBLOCK});
        return handle;
    }

    /** @return what is wrong with the peer's indices, null when nothing is; the library shows such a ring as an empty or a full one */
    static @Nullable String wrongIndex(long handle) {
        int ready = used(handle, READ_RING_OFFSET);
        int readSize = ringBytes(handle, READ_RING_OFFSET);
        if (Integer.compareUnsigned(ready, readSize) > 0) {
            return wrong("written", ready, readSize);
        }
        int unread = used(handle, WRITE_RING_OFFSET);
        int writeSize = ringBytes(handle, WRITE_RING_OFFSET);
        return Integer.compareUnsigned(unread, writeSize) > 0 ? wrong("unread", unread, writeSize) : null;
    }

    private static String wrong(String what, int bytes, int ringBytes) {
        return "vchan ring: " + Integer.toUnsignedLong(bytes) + " bytes " + what + " (expected: <= " + ringBytes + ")";
    }

    static int writeRingBytes(long handle) {
        return ringBytes(handle, WRITE_RING_OFFSET);
    }

    private static int ringBytes(long handle, int ringOffset) {
        return 1 << new Pointer(handle).getInt(ringOffset + ORDER_IN_RING);
    }

    /** Free-running indices in the shared page: consumed, produced. */
    private static int used(long handle, int ringOffset) {
        Pointer indices = new Pointer(handle).getPointer(ringOffset);
        return indices.getInt(4) - indices.getInt(0);
    }

    private static native long libxenvchan_client_init(long logger, int domain, String path);

    static native void libxenvchan_close(long handle);

    static native int libxenvchan_read(long handle, long data, long size);

    static native int libxenvchan_write(long handle, long data, long size);

    static native int libxenvchan_wait(long handle);

    static native int libxenvchan_fd_for_select(long handle);

    static native int libxenvchan_is_open(long handle);

    static native int libxenvchan_buffer_space(long handle);
}
