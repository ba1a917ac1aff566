package org.virtsound.plugin.control;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.virtsound.plugin.config.ServiceConfig;

/** HTTP/1.1 on the control socket, on a thread of its own, {@code control}: sound never waits for a question. */
@Singleton
public final class ControlServer {
    private static final int LINE_BYTES = 4 << 10;
    private static final int HEADER_BYTES = 8 << 10;
    private static final int CHUNK_BYTES = 8 << 10;
    private static final int STOP_WITHIN_MS = 300;

    private final @Nullable String group;
    private final Api api;
    private final EventHub events;
    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("control", true), EpollIoHandler.newFactory());
    private final ExecutorService blocking =
            Executors.newSingleThreadExecutor(new DefaultThreadFactory("control-peers", true));
    private final List<Channel> servers = new ArrayList<>();

    @Inject
    ControlServer(ServiceConfig config, Api api, EventHub events) {
        this.group = config.control().group();
        this.api = api;
        this.events = events;
    }

    /** @throws IOException where the socket cannot be made */
    public void start(Path socket) throws IOException {
        Files.deleteIfExists(
                socket); // of a daemon that was killed; the lock of its directory says that it is no other's
        Peers peers = Peers.of(group);
        ChannelFuture bound = new ServerBootstrap()
                .group(loop)
                .channel(EpollServerDomainSocketChannel.class)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(pipeline(peers))
                .bind(new DomainSocketAddress(socket.toFile()))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "control socket " + socket + ": " + bound.cause().getMessage(), bound.cause());
        }
        servers.add(bound.channel());
        peers.admitTo(socket);
    }

    private ChannelInitializer<Channel> pipeline(Peers peers) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast("peer", new PeerGate(peers, blocking));
                serve(channel.pipeline(), api, events);
            }
        };
    }

    /** What becomes of an admitted peer's bytes; without events for one who may not listen. */
    static void serve(ChannelPipeline pipeline, Resources resources, @Nullable EventHub events) {
        pipeline.addLast("http", new HttpServerCodec(LINE_BYTES, HEADER_BYTES, CHUNK_BYTES))
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
        ChannelFuture bound = new ServerBootstrap()
                .group(loop)
                .channel(EpollServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        serve(channel.pipeline(), ControlServer.this::metricsAlone, null);
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "metrics.listen " + address.getHostString() + ":" + address.getPort() + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
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
    public void stop() {
        servers.forEach(server -> server.close().awaitUninterruptibly(STOP_WITHIN_MS));
        loop.shutdownGracefully(0, STOP_WITHIN_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly(STOP_WITHIN_MS);
        blocking.shutdownNow();
    }
}
