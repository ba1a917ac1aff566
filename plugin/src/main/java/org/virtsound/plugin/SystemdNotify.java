package org.virtsound.plugin;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.AudioLoop;

/**
 * Tells systemd how the service is: ready, alive, ending (sd_notify(3)). Does nothing where systemd did not start it. The watchdog
 * is fed from the audio loop, so a loop that hangs feeds it no more. For any thread.
 */
final class SystemdNotify implements AutoCloseable {
    private static final Logger log = Logger.getLogger(SystemdNotify.class.getName());
    private static final int CONNECTS_WITHIN_MS = 1000;

    private final AudioLoop loop;
    private final @Nullable Channel channel;
    private final long watchdogUs;

    private SystemdNotify(AudioLoop loop, @Nullable Channel channel, long watchdogUs) {
        this.loop = loop;
        this.channel = channel;
        this.watchdogUs = watchdogUs;
    }

    /** @param environment NOTIFY_SOCKET and WATCHDOG_USEC of it count */
    static SystemdNotify connect(AudioLoop loop, Map<String, String> environment) {
        String socket = environment.get("NOTIFY_SOCKET");
        if (socket == null || !socket.startsWith("/")) {
            return new SystemdNotify(loop, null, 0);
        }
        Channel channel = new Bootstrap()
                .group(loop.eventLoop())
                .channel(EpollDomainDatagramChannel.class)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(new DomainSocketAddress(socket))
                .awaitUninterruptibly()
                .channel();
        if (!channel.isActive()) {
            log.log(Level.WARNING, "systemd does not answer on " + socket + "; NOTIFY_SOCKET names it");
        }
        return new SystemdNotify(loop, channel, microseconds(environment.get("WATCHDOG_USEC")));
    }

    /** @param status for a person, as 'systemctl status' shows it */
    void ready(String status) {
        send("READY=1\nSTATUS=" + status);
    }

    void status(String status) {
        send("STATUS=" + status);
    }

    /** Between this and {@link #ready} the configuration is read again. */
    void reloading() {
        // No MONOTONIC_USEC: only Type=notify-reload asks for it.
        send("RELOADING=1");
    }

    void stopping() {
        send("STOPPING=1");
    }

    /** From now on the watchdog is fed three times in its period, while {@code alive}; asked on the audio loop. */
    void watch(BooleanSupplier alive) {
        if (channel != null && watchdogUs > 0) {
            long everyUs = watchdogUs / 3;
            loop.eventLoop()
                    .scheduleAtFixedRate(
                            () -> {
                                if (alive.getAsBoolean()) {
                                    send("WATCHDOG=1");
                                }
                            },
                            everyUs,
                            everyUs,
                            TimeUnit.MICROSECONDS);
        }
    }

    private void send(String text) {
        if (channel != null) {
            channel.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
        }
    }

    @Override
    public void close() {
        if (channel != null) {
            channel.close().awaitUninterruptibly(CONNECTS_WITHIN_MS);
        }
    }

    private static long microseconds(@Nullable String text) {
        try {
            return text == null ? 0 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
