package org.virtsound.plugin.control;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.virtsound.plugin.config.ServiceConfig;

/** HTTP/1.1 on the control socket, on a thread of its own, {@code control}: sound never waits for a question. */
public final class ControlServer implements AutoCloseable {
    private static final int LINE_BYTES = 4 << 10;
    private static final int HEADER_BYTES = 8 << 10;
    private static final int CHUNK_BYTES = 8 << 10;
    /** What waits behind a request was in one read with it; the codec closes on more than 128 of them. */
    private static final int READ_BYTES = 2 << 10;
    /** Of root and the group, who watch and ask at the same time. */
    private static final int CONNECTIONS = 64;
    /** Of anybody on this machine. */
    private static final int METRICS_CONNECTIONS = 8;

    private static final int STOP_WITHIN_MS = 300;

    private final @Nullable String group;
    private final Api api;
    private final EventHub events;
    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("control", true), EpollIoHandler.newFactory());
    private final ExecutorService blocking =
            Executors.newSingleThreadExecutor(new DefaultThreadFactory("control-peers", true));
    private final List<Channel> servers = new ArrayList<>();

    public ControlServer(ServiceConfig config, Api api, EventHub events) {
        this.group = config.control().group();
        this.api = api;
        this.events = events;
    }

    /** @throws IOException where the socket cannot be made */
    public void start(Path socket) throws IOException {
        Files.deleteIfExists(
                socket); // of a daemon that was killed; the lock of its directory says that it is no other's
        Peers peers = Peers.of(group);
        String name = "control socket " + socket;
        ConnectionLimit limit = new ConnectionLimit(name, CONNECTIONS);
        listen(EpollServerDomainSocketChannel.class, new DomainSocketAddress(socket.toFile()), name, pipeline -> {
            pipeline.addLast("peer", new PeerGate(peers, blocking)).addLast("limit", limit);
            serve(pipeline, api, events);
        });
        peers.admitTo(socket);
    }

    /** What becomes of an admitted peer's bytes; without events for one who may not listen. */
    static void serve(ChannelPipeline pipeline, Resources resources, @Nullable EventHub events) {
        pipeline.addLast("http", new HttpServerCodec(LINE_BYTES, HEADER_BYTES, CHUNK_BYTES))
                .addLast("turns", new Turns())
                .addLast("body", new WholeRequests())
                .addLast("requests", new RequestHandler(resources, events));
    }

    /**
     * Serves {@code /metrics}, and nothing else, to whoever connects.
     *
     * @param address on loopback
     * @throws IOException where it cannot be had
     */
    public void serveMetrics(InetSocketAddress address) throws IOException {
        String name = "metrics.listen " + address.getHostString() + ":" + address.getPort();
        ConnectionLimit limit = new ConnectionLimit(name, METRICS_CONNECTIONS);
        listen(EpollServerSocketChannel.class, address, name, pipeline -> {
            pipeline.addLast("limit", limit);
            serve(pipeline, this::metricsAlone, null);
        });
    }

    private void listen(
            Class<? extends ServerChannel> type, SocketAddress address, String name, Consumer<ChannelPipeline> handlers)
            throws IOException {
        ChannelFuture bound = new ServerBootstrap()
                .group(loop)
                .channel(type)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_BYTES))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        handlers.accept(channel.pipeline());
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(name + ": " + bound.cause().getMessage(), bound.cause());
        }
        servers.add(bound.channel());
    }

    private CompletableFuture<Answer> metricsAlone(Request request) {
        return request.method().equals("GET") && request.path().equals(List.of("metrics"))
                ? api.answer(request)
                : CompletableFuture.completedFuture(Answer.error(
                        404, "there is /metrics here, and nothing else; all else is at the control socket"));
    }

    /** The socket file is the directory's to remove. */
    @Override
    public void close() {
        servers.forEach(server -> server.close().awaitUninterruptibly(STOP_WITHIN_MS));
        loop.shutdownGracefully(0, STOP_WITHIN_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly(STOP_WITHIN_MS);
        blocking.shutdownNow();
    }
}
