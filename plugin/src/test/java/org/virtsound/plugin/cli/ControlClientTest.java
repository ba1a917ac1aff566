package org.virtsound.plugin.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ControlClientTest {
    private static final int WITHIN_S = 1;

    @TempDir
    Path directory;

    private Path socket;
    private ControlClient client;

    @BeforeEach
    void name() {
        socket = directory.resolve("control");
        client = new ControlClient(socket, WITHIN_S);
    }

    /** As a daemon that was stopped: its socket takes connections, until there is no room for more. */
    @Test
    void aDaemonThatDoesNotAnswerIsNotWaitedForWithoutAnEnd() throws Exception {
        try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            silent.bind(UnixDomainSocketAddress.of(socket), 1);
            assertNoAnswer();
            List<SocketChannel> others = fill();
            assertNoAnswer();
            for (SocketChannel other : others) {
                other.close();
            }
        }
    }

    private void assertNoAnswer() {
        assertThatThrownBy(() -> client.get("/libvirt"))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.FAILED))
                .hasMessageContaining(
                        "GET /libvirt: the daemon at " + socket + " does not answer within 1 s; its log: journalctl");
    }

    private List<SocketChannel> fill() throws IOException {
        List<SocketChannel> others = new ArrayList<>();
        while (true) {
            SocketChannel other = SocketChannel.open(StandardProtocolFamily.UNIX);
            others.add(other);
            other.configureBlocking(false);
            try {
                other.connect(UnixDomainSocketAddress.of(socket));
            } catch (SocketException full) {
                return others;
            }
        }
    }

    @Test
    void whatHasBegunMayTakeItsTime() throws Exception {
        FakeDaemon.Answers slow = (request, out) -> {
            FakeDaemon.write(out, "HTTP/1.1 200 OK\r\n\r\n");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(WITHIN_S * 1_500));
            FakeDaemon.write(out, "data\n");
        };
        try (FakeDaemon daemon = new FakeDaemon(socket, slow)) {
            assertThat(client.text("GET", "/events", "")).isEqualTo("data\n");
        }
    }
}
