package org.virtsound.audio.host;

import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a PulseAudio or pipewire-pulse listens.
 *
 * @param text as in the configuration: {@code unix:PATH} or {@code tcp:HOST:PORT}
 */
record PulseAddress(SocketAddress socket, String text) {
    private static final int DEFAULT_PORT = 4713;

    static PulseAddress unix(String path) {
        return new PulseAddress(new DomainSocketAddress(path), "unix:" + path);
    }

    boolean isUnix() {
        return socket instanceof DomainSocketAddress;
    }

    /** @return the socket's file, null for TCP */
    @Nullable
    Path path() {
        return socket instanceof DomainSocketAddress unix ? Path.of(unix.path()) : null;
    }

    /** @throws IllegalArgumentException when {@code text} is neither, with what was expected */
    static PulseAddress parse(String text) {
        if (text.startsWith("unix:/")) {
            return unix(text.substring("unix:".length()));
        }
        if (text.startsWith("tcp:")) {
            return tcp(text, text.substring("tcp:".length()));
        }
        throw new IllegalArgumentException(
                "host-server: '" + text + "' (expected: unix:/ABSOLUTE/PATH or tcp:HOST:PORT)");
    }

    private static PulseAddress tcp(String text, String hostPort) {
        String host = hostPort;
        int port = DEFAULT_PORT;
        int colon = hostPort.lastIndexOf(':');
        if (colon >= 0 && !hostPort.endsWith("]")) {
            host = hostPort.substring(0, colon);
            try {
                port = Integer.parseInt(hostPort.substring(colon + 1));
            } catch (NumberFormatException e) {
                port = -1;
            }
        }
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        if (host.isEmpty() || port < 1 || port > 0xFFFF) {
            throw new IllegalArgumentException(
                    "host-server: '" + text + "' (expected: tcp:HOST:PORT with a port of 1..65535)");
        }
        // Resolved by each attempt to connect: a name may get another address.
        return new PulseAddress(InetSocketAddress.createUnresolved(host, port), text);
    }
}
