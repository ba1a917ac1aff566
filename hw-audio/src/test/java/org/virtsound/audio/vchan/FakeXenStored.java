package org.virtsound.audio.vchan;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * xenstored, as far as the service needs it; its clients are cut off by {@link #restart}. One that asks and watches over one connection
 * is an error: at the kernel's device the two would wait for each other.
 */
public final class FakeXenStored implements AutoCloseable {
    private final Path socket;
    private final Map<String, String> nodes = new TreeMap<>();
    private final Set<Integer> domains = new HashSet<>();
    private final Set<Watch> watches = new LinkedHashSet<>();
    private final Set<SocketChannel> clients = new HashSet<>();
    /** Whether a client watches, as its first request told. */
    private final Map<SocketChannel, Boolean> watching = new HashMap<>();

    final List<String> errors = new ArrayList<>();
    private ServerSocketChannel server;

    private record Watch(SocketChannel client, String path, String token) {}

    public FakeXenStored(Path socket) throws IOException {
        this.socket = socket;
        nodes.put("domid", "0");
        start();
    }

    private synchronized void start() throws IOException {
        Files.deleteIfExists(socket);
        ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listening.bind(UnixDomainSocketAddress.of(socket));
        server = listening;
        Thread thread = new Thread(() -> serve(listening), "xenstored");
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(ServerSocketChannel listening) {
        try {
            while (true) {
                SocketChannel peer = listening.accept();
                synchronized (this) {
                    clients.add(peer);
                }
                Thread thread = new Thread(() -> serve(peer), "xenstored's client");
                thread.setDaemon(true);
                thread.start();
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(SocketChannel peer) {
        try (peer) {
            DataInputStream in = new DataInputStream(Channels.newInputStream(peer));
            while (true) {
                ByteBuffer header = ByteBuffer.wrap(in.readNBytes(16)).order(ByteOrder.LITTLE_ENDIAN);
                if (header.limit() < 16) {
                    throw new EOFException();
                }
                String payload = new String(in.readNBytes(header.getInt(12)), US_ASCII);
                answer(peer, header.getInt(0), header.getInt(4), payload.split("\0", -1));
            }
        } catch (IOException e) {
            // The client has gone; another may come.
        } finally {
            forget(peer);
        }
    }

    private synchronized void forget(SocketChannel peer) {
        clients.remove(peer);
        watching.remove(peer);
        watches.removeIf(watch -> watch.client.equals(peer));
    }

    private synchronized void answer(SocketChannel client, int type, int request, String[] words) throws IOException {
        boolean now = type == 4 || type == 5;
        Boolean before = watching.putIfAbsent(client, now);
        error(before == null || before == now, "asked and watched over one connection:", words);
        switch (type) {
            case 1 -> send(client, type, request, children(words[0]));
            case 2 -> {
                String value = nodes.get(words[0]);
                send(client, value == null ? 16 : type, request, value == null ? "ENOENT\0" : value);
            }
            case 4 -> {
                Watch watch = new Watch(client, words[0], words[1]);
                boolean fresh = watches.add(watch);
                error(fresh, "EEXIST", words);
                send(client, fresh ? type : 16, request, fresh ? "OK\0" : "EEXIST\0");
                if (fresh) {
                    fire(watch, words[0]);
                }
            }
            case 5 -> {
                boolean known = watches.remove(new Watch(client, words[0], words[1]));
                send(client, known ? type : 16, request, known ? "OK\0" : "ENOENT\0");
            }
            case 11 -> {
                nodes.put(words[0], words[1]);
                send(client, type, request, "OK\0");
            }
            case 13 -> {
                nodes.keySet().removeIf(path -> (path + "/").startsWith(words[0] + "/"));
                send(client, type, request, "OK\0");
            }
            case 17 -> send(client, type, request, domains.contains(Integer.parseInt(words[0])) ? "T\0" : "F\0");
            default -> throw new IllegalArgumentException("type " + type);
        }
    }

    private String children(String parent) {
        return nodes.keySet().stream()
                .filter(path -> path.startsWith(parent + "/"))
                .map(path -> path.substring(parent.length() + 1).replaceFirst("/.*", "") + "\0")
                .distinct()
                .collect(Collectors.joining());
    }

    private void error(boolean ok, String error, String[] words) {
        if (!ok) {
            errors.add(error + " " + String.join(" ", words));
        }
    }

    private void fire(Watch watch, String path) throws IOException {
        send(watch.client, 15, 0, path + '\0' + watch.token + '\0');
    }

    private void send(SocketChannel client, int type, int request, String payload) throws IOException {
        byte[] bytes = payload.getBytes(US_ASCII);
        ByteBuffer message = ByteBuffer.allocate(16 + bytes.length).order(ByteOrder.LITTLE_ENDIAN);
        message.putInt(type)
                .putInt(request)
                .putInt(0)
                .putInt(bytes.length)
                .put(bytes)
                .flip();
        client.write(message);
    }

    synchronized void introduce(int domid) {
        domains.add(domid);
    }

    synchronized void release(int domid) throws IOException {
        domains.remove(domid);
        changed("@releaseDomain");
    }

    public synchronized void write(String path, String value) throws IOException {
        nodes.put(path, value);
        changed(path);
    }

    synchronized void remove(String path) throws IOException {
        nodes.remove(path);
        changed(path);
    }

    private void changed(String path) throws IOException {
        for (Watch watch : List.copyOf(watches)) {
            if (path.equals(watch.path) || path.startsWith(watch.path + "/")) {
                fire(watch, path);
            }
        }
    }

    synchronized Set<String> watched() {
        Set<String> paths = new HashSet<>();
        watches.forEach(watch -> paths.add(watch.path));
        return paths;
    }

    synchronized int watchCount() {
        return watches.size();
    }

    void restart() throws IOException {
        close();
        start();
    }

    @Override
    public synchronized void close() throws IOException {
        server.close();
        for (SocketChannel client : clients) {
            client.close();
        }
        clients.clear();
        watches.clear();
    }
}
