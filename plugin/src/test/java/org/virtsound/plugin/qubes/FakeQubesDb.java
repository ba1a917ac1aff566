package org.virtsound.plugin.qubes;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** qubesdb-daemon on its wire: 72-byte headers, answers in order, watch events at any time. */
final class FakeQubesDb implements AutoCloseable {
    private final Path socket;
    private final Map<String, String> nodes = new TreeMap<>();
    private final Map<SocketChannel, List<String>> watches = new HashMap<>();
    private ServerSocketChannel server;

    FakeQubesDb(Path socket) throws IOException {
        this.socket = socket;
        start();
    }

    void start() throws IOException {
        Files.deleteIfExists(socket);
        ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listening.bind(UnixDomainSocketAddress.of(socket));
        server = listening;
        thread(() -> {
            while (true) {
                SocketChannel client = listening.accept();
                synchronized (this) {
                    watches.put(client, new ArrayList<>());
                }
                thread(() -> serve(client));
            }
        });
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void thread(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // Closed.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(SocketChannel client) throws IOException {
        while (true) {
            ByteBuffer header = exactly(client, 72);
            String path = new String(header.array(), 1, 64, US_ASCII).split("\0", 2)[0];
            String data = new String(exactly(client, header.getInt(68)).array(), US_ASCII);
            answer(client, header.get(0), path, data);
        }
    }

    private static ByteBuffer exactly(SocketChannel client, int bytes) throws IOException {
        ByteBuffer read = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (read.hasRemaining()) {
            if (client.read(read) < 0) {
                throw new IOException("end");
            }
        }
        return read;
    }

    private synchronized void answer(SocketChannel client, int type, String path, String data) throws IOException {
        switch (type) {
            case 0 -> {
                String value = nodes.get(path);
                send(client, value == null ? 8 : 10, path, value == null ? "" : value);
            }
            case 1 -> {
                send(client, 7, path, "");
                set(path, data);
            }
            case 4 -> send(client, nodes.remove(path) == null ? 8 : 7, path, "");
            case 5 -> {
                watches.get(client).add(path);
                send(client, 7, path, "");
            }
            case 6 -> send(client, watches.get(client).remove(path) ? 7 : 8, path, "");
            default -> throw new IllegalArgumentException("type " + type);
        }
    }

    private static void send(SocketChannel client, int type, String path, String data) throws IOException {
        ByteBuffer message = ByteBuffer.allocate(72 + data.length()).order(ByteOrder.LITTLE_ENDIAN);
        message.put((byte) type).put(path.getBytes(US_ASCII));
        message.position(68).putInt(data.length()).put(data.getBytes(US_ASCII)).flip();
        client.write(message);
    }

    /** As Qubes' core does it. */
    synchronized void set(String path, String value) throws IOException {
        nodes.put(path, value);
        for (Map.Entry<SocketChannel, List<String>> each : watches.entrySet()) {
            if (each.getValue().contains(path)) {
                send(each.getKey(), 13, path, "");
            }
        }
    }

    synchronized String get(String path) {
        return nodes.get(path);
    }

    synchronized Map<String, String> nodes() {
        return Map.copyOf(nodes);
    }

    synchronized boolean isWatched(String path) {
        return watches.values().stream().anyMatch(paths -> paths.contains(path));
    }

    /** It ends, and forgets all. */
    @Override
    public synchronized void close() throws IOException {
        server.close();
        for (SocketChannel client : watches.keySet()) {
            client.close();
        }
        watches.clear();
        nodes.clear();
    }
}
