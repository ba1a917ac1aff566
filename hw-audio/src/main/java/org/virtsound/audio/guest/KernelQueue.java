package org.virtsound.audio.guest;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * How much of what was written to a socket its guest has not taken from this machine's kernel yet. One system call and no garbage;
 * asked only while a microphone is live.
 *
 * <p>Source: linux/tcp.h (struct tcp_info), linux/sock_diag.h (SO_MEMINFO).
 */
final class KernelQueue {
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_INFO = 11;
    private static final int BYTES_ACKED_AT = 120;

    private static final int SOL_SOCKET = 1;
    private static final int SO_MEMINFO = 55;
    private static final int WMEM_ALLOC_AT = 2 * Integer.BYTES;

    private final Channel channel;
    private final boolean tcp;
    /** Null until it is asked for. */
    private @Nullable ByteBuffer info;

    private @Nullable Socket socket;

    KernelQueue(Channel channel) {
        this.channel = channel;
        tcp = channel instanceof EpollSocketChannel;
    }

    /**
     * @param written all that was ever handed to the socket
     * @return bytes that lie in the kernel; of a unix socket with the kernel's own overhead, so never too few
     */
    long bytes(long written) {
        if (!(channel instanceof UnixChannel unix) || !channel.isOpen()) {
            return 0;
        }
        ByteBuffer into = info;
        Socket asked = socket;
        if (into == null || asked == null) {
            int bytes = tcp ? BYTES_ACKED_AT + Long.BYTES : WMEM_ALLOC_AT + Integer.BYTES;
            info = into = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
            socket = asked = new Socket(unix.fd().intValue());
        }
        into.clear();
        try {
            asked.getRawOpt(tcp ? IPPROTO_TCP : SOL_SOCKET, tcp ? TCP_INFO : SO_MEMINFO, into);
        } catch (IOException gone) {
            return 0;
        }
        return tcp ? written - into.getLong(BYTES_ACKED_AT) : into.getInt(WMEM_ALLOC_AT);
    }
}
