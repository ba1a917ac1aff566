package org.virtsound.audio.guest;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.PeerCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.audio.stream.AudioLoop;

/**
 * Where one container or local user connects by the native protocol: a unix socket of its own. Whoever comes before a relay is
 * admitted waits in the kernel's queue. Descriptors that a peer passes are never received: the socket is read as plain bytes. The
 * public methods are for any thread; all state is the audio loop's.
 */
public final class PulseUnixEndpoint implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(PulseUnixEndpoint.class.getName());
    private static final int BACKLOG = 64;

    private final AudioLoop loop;
    private final SocketPlace place;
    private final PeerRule peers;
    private final ChannelGroup connections;
    private @Nullable GuestRelay relay;
    private @Nullable Channel listener;

    public PulseUnixEndpoint(AudioLoop loop, SocketPlace place, PeerRule peers) {
        this.loop = loop;
        this.place = place;
        this.peers = peers;
        connections = new DefaultChannelGroup(loop.eventLoop());
    }

    /** Listens; a socket left behind by an earlier run is replaced. Ends with {@link IOException} where the place is not fit. */
    public CompletableFuture<Void> listen() {
        CompletableFuture<Void> listening = new CompletableFuture<>();
        ServerBootstrap server = new ServerBootstrap()
                .group(loop.eventLoop())
                .channel(EpollServerDomainSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, PulseTcpEndpoint.READS)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, PulseTcpEndpoint.WATER_MARK)
                .childHandler(new ChannelInitializer<EpollDomainSocketChannel>() {
                    @Override
                    protected void initChannel(EpollDomainSocketChannel channel) throws IOException {
                        accept(channel);
                    }
                });
        loop.call(() -> {
                    place.prepare();
                    return server.bind(new DomainSocketAddress(place.socket().toFile()));
                })
                .whenComplete((binding, unfit) -> {
                    if (unfit != null) {
                        listening.completeExceptionally(unfit);
                    } else {
                        binding.addListener((ChannelFutureListener) bound -> listening(bound, listening));
                    }
                });
        return listening;
    }

    private void listening(ChannelFuture bound, CompletableFuture<Void> listening) {
        try {
            if (!bound.isSuccess()) {
                throw new IOException(place.socket() + ": " + bound.cause().getMessage(), bound.cause());
            }
            listener = bound.channel();
            listener.config().setAutoRead(relay != null);
            place.hand();
            listening.complete(null);
        } catch (IOException e) {
            bound.channel().close();
            listening.completeExceptionally(e);
        }
    }

    /** Connections, those that wait among them, are {@code guest}'s from now on. In force once it returns. */
    public void admit(GuestRelay guest) {
        change(guest);
    }

    /** Connections are closed, and new ones wait. */
    public void dismiss() {
        change(null);
    }

    private void change(@Nullable GuestRelay guest) {
        loop.call(() -> {
                    if (relay != guest) {
                        connections.close();
                    }
                    relay = guest;
                    if (listener != null) {
                        listener.config().setAutoRead(guest != null);
                    }
                    return null;
                })
                .join();
    }

    /** Stops listening, closes all connections and removes the socket; its directory stays. */
    @Override
    public void close() {
        loop.call(() -> {
                    connections.close();
                    if (listener != null) {
                        listener.close();
                        listener = null;
                        Files.deleteIfExists(place.socket());
                    }
                    return null;
                })
                .join();
    }

    private void accept(EpollDomainSocketChannel channel) throws IOException {
        GuestRelay guest = relay;
        if (guest == null) {
            channel.close(); // dismissed between two connections of one look
            return;
        }
        PeerCredentials peer = channel.peerCredentials();
        int gid = peer.gids().length == 0 ? -1 : peer.gids()[0];
        if (!peers.allows(peer.uid(), gid)) {
            LOG.log(
                    Level.WARNING,
                    "guest '" + guest.identity().name() + "': uid " + Integer.toUnsignedString(peer.uid())
                            + " may not use " + place.socket() + "; connection closed");
            channel.close();
            return;
        }
        connections.add(channel);
        GuestConnection.accept(channel, guest);
    }
}
