package org.virtsound.audio.guest;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * How much of what was written to a socket its guest has not taken from this machine's kernel yet. One system call, and a few bytes
 * of garbage: asked only while a microphone is live.
 *
 * <p>Source: linux/tcp.h (struct tcp_info), linux/sock_diag.h (SO_MEMINFO).
 */
final class KernelQueue {
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_INFO = 11;
    private static final int BYTES_ACKED_AT = 120;
    private static final RawUnixChannelOption TCP =
            new RawUnixChannelOption("TCP_INFO", IPPROTO_TCP, TCP_INFO, BYTES_ACKED_AT + Long.BYTES);

    private static final int SOL_SOCKET = 1;
    private static final int SO_MEMINFO = 55;
    private static final int WMEM_ALLOC_AT = 2 * Integer.BYTES;
    private static final RawUnixChannelOption UNIX =
            new RawUnixChannelOption("SO_MEMINFO", SOL_SOCKET, SO_MEMINFO, WMEM_ALLOC_AT + Integer.BYTES);

    private final Channel channel;
    private final boolean tcp;

    KernelQueue(Channel channel) {
        this.channel = channel;
        tcp = channel instanceof EpollSocketChannel;
    }

    /**
     * @param written all that was ever handed to the socket
     * @return bytes that lie in the kernel; of a unix socket with the kernel's own overhead, so never too few
     */
    long bytes(long written) {
        ByteBuffer info = option(tcp ? TCP : UNIX);
        if (info == null) {
            return 0;
        }
        info.order(ByteOrder.nativeOrder());
        return tcp ? written - info.getLong(BYTES_ACKED_AT) : info.getInt(WMEM_ALLOC_AT);
    }

    private @Nullable ByteBuffer option(RawUnixChannelOption option) {
        return channel.isOpen() ? channel.config().getOption(option) : null;
    }
}
