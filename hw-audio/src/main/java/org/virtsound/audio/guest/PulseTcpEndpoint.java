package org.virtsound.audio.guest;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.audio.stream.AudioLoop;

/**
 * Where guests on the SOUND network connect by the native protocol: knows a guest by its address. The public methods are for any
 * thread; all state is the audio loop's.
 */
public final class PulseTcpEndpoint implements AutoCloseable {
    private static final int BACKLOG = 64;
    /** No other guest waits longer than for two reads of one guest's bytes; a usual block of 20 ms is one. */
    static final RecvByteBufAllocator READS =
            new AdaptiveRecvByteBufAllocator(4 << 10, 4 << 10, 32 << 10).maxMessagesPerRead(2);

    static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(32 << 10, 64 << 10);
    /** A guest may be paused for long with something unread; the kernel would give up after a quarter of an hour. */
    private static final int USER_TIMEOUT_MS = (int) TimeUnit.DAYS.toMillis(1);

    private final AudioLoop loop;
    private final Map<InetAddress, Admitted> admitted = new HashMap<>();
    private @Nullable Channel listener;

    private record Admitted(GuestRelay relay, ChannelGroup connections) {}

    public PulseTcpEndpoint(AudioLoop loop) {
        this.loop = loop;
    }

    /**
     * Listens there, and nowhere else any more.
     *
     * @param address the bridge's; port 0 takes a free one
     * @return the address bound; ends with {@link java.io.IOException} where it is taken or not there
     */
    public CompletableFuture<InetSocketAddress> listen(InetSocketAddress address) {
        CompletableFuture<InetSocketAddress> bound = new CompletableFuture<>();
        ServerBootstrap server = new ServerBootstrap()
                .group(loop.eventLoop())
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, READS)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childOption(EpollChannelOption.TCP_USER_TIMEOUT, USER_TIMEOUT_MS)
                .childHandler(new ChannelInitializer<EpollSocketChannel>() {
                    @Override
                    protected void initChannel(EpollSocketChannel channel) {
                        accept(channel);
                    }
                });
        var unused = loop.call(() -> {
            stopListening();
            server.bind(address).addListener(future -> {
                if (future.isSuccess()) {
                    Channel channel = ((ChannelFuture) future).channel();
                    listener = channel;
                    bound.complete((InetSocketAddress) channel.localAddress());
                } else {
                    bound.completeExceptionally(future.cause());
                }
            });
            return null;
        });
        return bound;
    }

    /** Connections from {@code address} are {@code relay}'s from now on; those of another relay there are closed. In force once it returns. */
    public void admit(InetAddress address, GuestRelay relay) {
        loop.call(() -> {
                    Admitted known = admitted.get(address);
                    if (known == null || known.relay != relay) {
                        forget(address);
                        admitted.put(address, new Admitted(relay, new DefaultChannelGroup(loop.eventLoop())));
                    }
                    return null;
                })
                .join();
    }

    /** Nobody is at {@code address} any more; its connections are closed. */
    public void dismiss(InetAddress address) {
        loop.call(() -> {
                    forget(address);
                    return null;
                })
                .join();
    }

    /** Stops listening and closes all connections. */
    @Override
    public void close() {
        loop.call(() -> {
                    stopListening();
                    admitted.values().forEach(guest -> guest.connections.close());
                    admitted.clear();
                    return null;
                })
                .join();
    }

    private void accept(EpollSocketChannel channel) {
        Admitted guest = admitted.get(channel.remoteAddress().getAddress());
        if (guest == null) {
            channel.close();
            return;
        }
        guest.connections.add(channel);
        GuestConnection.accept(channel, guest.relay);
    }

    private void forget(InetAddress address) {
        Admitted guest = admitted.remove(address);
        if (guest != null) {
            guest.connections.close();
        }
    }

    private void stopListening() {
        if (listener != null) {
            listener.close();
            listener = null;
        }
    }
}
