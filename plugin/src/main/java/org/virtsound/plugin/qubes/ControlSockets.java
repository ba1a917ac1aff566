package org.virtsound.plugin.qubes;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.relay.GuestRelay;

/**
 * For each guest the socket {@code audio-control.NAME}: one command a connection, {@code audio-input 1} or {@code audio-input 0} on a
 * line, no answer. Root and a group may connect. Owned by the loop.
 *
 * <p>Source: qubes-audio.md, 6 (b).
 */
final class ControlSockets implements MicControl {
    private static final Logger log = Logger.getLogger(ControlSockets.class.getName());
    private static final String BY = "qubes control socket";
    private static final int LINE_BYTES = 64;
    private static final int COMMAND_WITHIN_S = 5;
    private static final int STOP_WITHIN_MS = 300;
    private static final int SUN_PATH_BYTES = 107;

    private final EventLoop loop;
    private final Path directory;
    private final @Nullable String group;
    private final Map<UUID, Channel> servers = new HashMap<>();

    /** @param group whose members may connect, besides root; null for none, and one that does not exist has none */
    ControlSockets(EventLoop loop, Path directory, @Nullable String group) {
        this.loop = loop;
        this.directory = directory;
        this.group = group;
    }

    @Override
    public void open(GuestRelay guest) {
        loop.execute(() -> {
            Path socket = path(guest);
            try {
                if (guest.identity().name().contains("/") || socket.toString().length() > SUN_PATH_BYTES) {
                    throw new IOException("the domain's name makes no socket's name");
                }
                Files.createDirectories(directory);
                Files.deleteIfExists(socket);
            } catch (IOException e) {
                log.log(Level.WARNING, "domain " + guest.identity().name() + ": " + socket + ": " + e);
                return;
            }
            Channel server = new ServerBootstrap()
                    .group(loop)
                    .channel(EpollServerDomainSocketChannel.class)
                    .childHandler(commands(guest))
                    .bind(new DomainSocketAddress(socket.toFile()))
                    .addListener(bound -> letIn(socket, bound.cause()))
                    .channel();
            server.closeFuture().addListener(closed -> Files.deleteIfExists(socket));
            servers.put(guest.identity().uuid(), server);
        });
    }

    /** Until then its owner alone may write to it: that is what connecting takes. */
    private void letIn(Path socket, @Nullable Throwable refused) {
        try {
            if (refused != null) {
                throw new IOException(refused.getMessage(), refused);
            }
            if (group == null) {
                return;
            }
            GroupPrincipal members =
                    socket.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group);
            PosixFileAttributeView view = Files.getFileAttributeView(socket, PosixFileAttributeView.class);
            if (view != null) {
                if (!view.readAttributes().group().equals(members)) { // as a service's own is; it may give nothing away
                    view.setGroup(members);
                }
                view.setPermissions(PosixFilePermissions.fromString("rw-rw----"));
            }
        } catch (UserPrincipalNotFoundException e) {
            log.log(Level.FINE, "no group " + group + ", so only root may use " + socket);
        } catch (IOException e) {
            log.log(Level.WARNING, socket + ": " + e.getMessage());
        }
    }

    private ChannelInitializer<Channel> commands(GuestRelay guest) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline()
                        .addLast("timeout", new ReadTimeoutHandler(COMMAND_WITHIN_S))
                        .addLast("lines", new LineBasedFrameDecoder(LINE_BYTES, true, true))
                        .addLast("text", new StringDecoder(StandardCharsets.US_ASCII))
                        .addLast("command", new Command(guest));
            }
        };
    }

    private Path path(GuestRelay guest) {
        return directory.resolve("audio-control." + guest.identity().name());
    }

    @Override
    public void changed(GuestRelay guest, MicState state) {}

    @Override
    public void close(GuestRelay guest) {
        loop.execute(() -> {
            Channel server = servers.remove(guest.identity().uuid());
            if (server != null) {
                server.close();
            }
        });
    }

    @Override
    public void stop() {
        loop.submit(() -> Map.copyOf(servers).values().forEach(Channel::close)).awaitUninterruptibly(STOP_WITHIN_MS);
    }

    private static final class Command extends SimpleChannelInboundHandler<String> {
        private final GuestRelay guest;

        Command(GuestRelay guest) {
            this.guest = guest;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, String line) {
            switch (line) {
                case "audio-input 1" -> MicSwitch.set(guest, true, BY);
                case "audio-input 0" -> MicSwitch.set(guest, false, BY);
                default ->
                    log.log(
                            Level.WARNING,
                            "domain " + guest.identity().name()
                                    + ": unknown command on its control socket (expected: audio-input 0 or 1)");
            }
            context.close();
        }

        /** Too long a line, or none in time. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
