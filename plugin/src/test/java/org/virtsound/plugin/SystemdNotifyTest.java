package org.virtsound.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtsound.audio.stream.AudioLoop;

class SystemdNotifyTest {
    @TempDir
    Path dir;

    private final AudioLoop loop = new AudioLoop();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private String socket;
    private Channel systemd;

    @BeforeEach
    void systemdListens() {
        socket = dir.resolve("notify").toString();
        systemd = new Bootstrap()
                .group(loop.eventLoop())
                .channel(EpollDomainDatagramChannel.class)
                .handler(new SimpleChannelInboundHandler<DomainDatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext context, DomainDatagramPacket packet) {
                        heard.add(packet.content().toString(StandardCharsets.UTF_8));
                    }
                })
                .bind(new DomainSocketAddress(socket))
                .syncUninterruptibly()
                .channel();
    }

    @AfterEach
    void end() {
        systemd.close().syncUninterruptibly();
        loop.close();
    }

    @Test
    void tellsReadyAndStoppingEachAsOneDatagram() {
        try (SystemdNotify notify = SystemdNotify.connect(loop, Map.of("NOTIFY_SOCKET", socket))) {
            notify.ready("bridge SOUND is up");
            notify.stopping();
            await().untilAsserted(() ->
                    assertThat(heard).containsExactly("READY=1\nSTATUS=bridge SOUND is up", "STOPPING=1"));
        }
    }

    @Test
    void feedsTheWatchdogOnlyWhileTheServiceIsAlive() {
        AtomicBoolean alive = new AtomicBoolean(true);
        Map<String, String> environment = Map.of("NOTIFY_SOCKET", socket, "WATCHDOG_USEC", "30000");
        try (SystemdNotify notify = SystemdNotify.connect(loop, environment)) {
            notify.watch(alive::get);
            await().until(() -> heard.size() >= 3);
            assertThat(heard).containsOnly("WATCHDOG=1");

            loop.call(() -> {
                        alive.set(false);
                        heard.clear();
                        return true;
                    })
                    .join();
            notify.status("still here");
            await().until(() -> heard.contains("still here") || heard.contains("STATUS=still here"));
            await().during(java.time.Duration.ofMillis(90)).until(() -> !heard.contains("WATCHDOG=1"));
        }
    }

    @Test
    void keepsQuietWhereSystemdDidNotStartIt() {
        try (SystemdNotify notify = SystemdNotify.connect(loop, Map.of())) {
            notify.ready("x");
            notify.watch(() -> true);
        }
        assertThat(heard).isEmpty();
    }

    @Test
    void goesOnWhereTheSocketIsGone() {
        Map<String, String> environment =
                Map.of("NOTIFY_SOCKET", dir.resolve("gone").toString());
        try (SystemdNotify notify = SystemdNotify.connect(loop, environment)) {
            notify.ready("x");
        }
        assertThat(heard).isEmpty();
    }
}
