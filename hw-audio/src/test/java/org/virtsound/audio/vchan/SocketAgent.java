package org.virtsound.audio.vchan;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The server's end as Qubes' socket vchan has it: a ring in this process, then the socket, whose buffer is shrunk so that the
 * reader's pace shows.
 */
final class SocketAgent implements AgentChannel {
    private static final int SEND_BUFFER_BYTES = 4608;
    private static final int PAGE_BYTES = 4096;

    private final ServerSocketChannel server;
    private final ByteBuffer ring;
    private SocketChannel client;
    private boolean gone;

    private SocketAgent(ServerSocketChannel server, int ringBytes) {
        this.server = server;
        ring = ByteBuffer.allocate(ringBytes);
    }

    static AgentTransport in(Path dir, int domid) {
        return (port, readMinBytes, writeMinBytes) -> {
            Path path = dir.resolve("vchan." + domid + ".0." + port + ".sock");
            Files.deleteIfExists(path);
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(path), 1);
            server.configureBlocking(false);
            return new SocketAgent(server, (writeMinBytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES);
        };
    }

    @Override
    public boolean connected() {
        try {
            if (client == null && !gone) {
                client = server.accept();
                if (client != null) {
                    client.configureBlocking(false);
                    client.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER_BYTES);
                    server.close();
                }
            }
        } catch (IOException e) {
            gone = true;
        }
        return client != null;
    }

    @Override
    public int write(byte[] from, int offset, int length) {
        if (gone) {
            return -1;
        }
        int taken = Math.min(length, ring.remaining());
        ring.put(from, offset, taken);
        return flush() ? taken : -1;
    }

    private boolean flush() {
        ring.flip();
        try {
            while (ring.hasRemaining() && client.write(ring) > 0) {
                // As much as the socket takes.
            }
        } catch (IOException e) {
            gone = true;
        }
        ring.compact();
        return !gone;
    }

    @Override
    public int read(byte[] into) {
        if (gone) {
            return -1;
        }
        try {
            int got = client.read(ByteBuffer.wrap(into));
            gone = got < 0;
            return got;
        } catch (IOException e) {
            gone = true;
            return -1;
        }
    }

    @Override
    public int unread() {
        flush();
        return ring.position();
    }

    @Override
    public int space() {
        flush();
        return ring.remaining();
    }

    @Override
    public void close() {
        gone = true;
        try {
            server.close();
            if (client != null) {
                client.close();
            }
        } catch (IOException e) {
            // It is gone either way.
        }
    }
}
