package org.virtsound.audio.host;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.io.FileNotFoundException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Connects to where a sound server listens: looks a name up beside the loop, which it would hold up, and tries again at a socket where
 * others wait. Owned by the audio loop.
 */
final class PulseDial {
    /** One text for a server that ended and one that has not come: it is one trouble. */
    static final String GONE = "no server listens there";

    /** Until the next try at a socket where others wait. */
    private static final int CROWDED_MS = 5;
    /** What a server asks of all its streams at once is one read. */
    private static final RecvByteBufAllocator READS = new AdaptiveRecvByteBufAllocator(4 << 10, 4 << 10, 64 << 10);
    /** What waits for a server that does not read, before audio to it is thrown away. */
    private static final WriteBufferWaterMark QUEUED_BYTES = new WriteBufferWaterMark(256 << 10, 1 << 20);
    /** The kernel then puts our uid beside the first bytes even where the server has not asked for it yet (SOL_SOCKET, 16). */
    private static final ChannelOption<Integer> SO_PASSCRED = new IntegerUnixChannelOption("SO_PASSCRED", 1, 16);

    private final EventLoop loop;
    private final PulseAddress address;
    private final Bootstrap bootstrap;
    private final Consumer<String> failed;
    private @Nullable Channel channel;
    private boolean closed;

    /**
     * @param handlers puts a channel's handlers in, which hear of its success
     * @param failed hears the reason where there is none
     */
    PulseDial(EventLoop loop, PulseAddress address, Consumer<Channel> handlers, Consumer<String> failed) {
        this.loop = loop;
        this.address = address;
        this.failed = failed;
        bootstrap = new Bootstrap()
                .group(loop)
                .channel(address.isUnix() ? EpollDomainSocketChannel.class : EpollSocketChannel.class)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.RECVBUF_ALLOCATOR, READS)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, QUEUED_BYTES)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel fresh) {
                        handlers.accept(fresh);
                    }
                });
        if (address.isUnix()) {
            bootstrap.option(SO_PASSCRED, 1);
        } else {
            bootstrap.option(ChannelOption.TCP_NODELAY, true);
        }
    }

    void start() {
        if (address.socket() instanceof InetSocketAddress named && named.isUnresolved()) {
            CompletableFuture.supplyAsync(() -> new InetSocketAddress(named.getHostString(), named.getPort()))
                    .thenAcceptAsync(this::connect, loop);
        } else {
            connect(address.socket());
        }
    }

    /** Closes what it has come to. */
    void close() {
        closed = true;
        if (channel != null) {
            channel.close();
        }
    }

    private void connect(SocketAddress to) {
        if (closed) {
            return;
        }
        if (to instanceof InetSocketAddress named && named.isUnresolved()) {
            failed.accept("no address known for '" + named.getHostString() + "'");
            return;
        }
        ChannelFuture connecting = bootstrap.connect(to);
        channel = connecting.channel();
        connecting.addListener(done -> {
            if (done.isSuccess() || closed) {
                return;
            }
            channel = null;
            if (address.isUnix() && isCrowded(done.cause())) {
                var unused = loop.schedule(() -> connect(to), CROWDED_MS, TimeUnit.MILLISECONDS);
            } else {
                failed.accept(reason(done.cause()));
            }
        });
    }

    /** A unix socket refuses at once whom it has no room for: PulseAudio's lets five wait. */
    private static boolean isCrowded(Throwable failure) {
        return String.valueOf(failure.getMessage()).contains("temporarily unavailable");
    }

    private static String reason(Throwable failure) {
        String text = String.valueOf(failure.getMessage());
        if (failure instanceof FileNotFoundException
                || text.contains("Connection refused")
                || text.contains("No such file")) {
            return GONE;
        }
        return text.contains("Permission denied")
                ? "permission denied: the socket's directory is not open to us"
                : text;
    }
}
