package org.virtsound.audio.vchan;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The server's end of a real vchan: libxenvchan with the ring sizes that the agent asks for, polled. */
final class XenAgent implements AgentChannel {
    private static final int FLAGS_OFFSET = 28;
    private static final int IS_SERVER = 1;
    private static final int WRITE_RING_OFFSET = 56;
    private static final int WAITING = 2;

    private final ByteBuffer copy = ByteBuffer.allocateDirect(1 << 20);
    private final long copyAddress = Pointer.nativeValue(Native.getDirectBufferPointer(copy));
    private final int ringBytes;
    private long handle;

    private XenAgent(long handle) {
        this.handle = handle;
        new Pointer(handle).setInt(FLAGS_OFFSET, IS_SERVER);
        ringBytes = 1 << new Pointer(handle).getInt(WRITE_RING_OFFSET + 16);
    }

    /** @param home where in xenstore the agent's domain lives; empty for its own home */
    static AgentTransport to(int clientDomid, String home) {
        Native.register(XenAgent.class, NativeLibrary.getInstance("libxenvchan.so.4.17"));
        return (port, readMinBytes, writeMinBytes) -> {
            String path = home + "data/vchan/" + clientDomid + "/" + port;
            long handle = libxenvchan_server_init(0, clientDomid, path, readMinBytes, writeMinBytes);
            if (handle == 0) {
                throw new IOException("cannot serve " + path);
            }
            return new XenAgent(handle);
        };
    }

    @Override
    public boolean connected() {
        return libxenvchan_is_open(handle) != WAITING;
    }

    @Override
    public int write(byte[] from, int offset, int length) {
        int taken = Math.min(length, copy.capacity());
        copy.clear().put(from, offset, taken);
        return libxenvchan_write(handle, copyAddress, taken);
    }

    @Override
    public int read(byte[] into) {
        int got = libxenvchan_read(handle, copyAddress, into.length);
        if (got > 0) {
            copy.clear().get(into, 0, got);
        }
        return got;
    }

    @Override
    public int unread() {
        return ringBytes - space();
    }

    @Override
    public int space() {
        return libxenvchan_buffer_space(handle);
    }

    @Override
    public void close() {
        if (handle != 0) {
            libxenvchan_close(handle);
            handle = 0;
        }
    }

    private static native long libxenvchan_server_init(
            long logger, int domain, String path, long leftMinBytes, long rightMinBytes);

    private static native int libxenvchan_is_open(long handle);

    private static native int libxenvchan_read(long handle, long data, long size);

    private static native int libxenvchan_write(long handle, long data, long size);

    private static native int libxenvchan_buffer_space(long handle);

    private static native void libxenvchan_close(long handle);
}
