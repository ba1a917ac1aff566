package org.virtsound.audio.vchan;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A connection to xenstore, over xenstored's socket or the kernel's device. {@link #watch}, {@link #unwatch} and {@link #close} are
 * for any thread and do not wait; the rest is one thread's, which waits for answers and events.
 *
 * <p>Wire: type, request, transaction, length (four little-endian words), then the payload.
 */
public final class XenStore implements AutoCloseable {
    /** Where it is reached in the domain that runs it, and in any. */
    public static final List<Path> PLACES =
            List.of(Path.of("/run/xenstored/socket"), Path.of("/var/run/xenstored/socket"), Path.of("/dev/xen/xenbus"));

    private static final int DIRECTORY = 1;
    private static final int READ = 2;
    private static final int WATCH = 4;
    private static final int UNWATCH = 5;
    private static final int WRITE = 11;
    private static final int REMOVE = 13;
    private static final int WATCH_EVENT = 15;
    private static final int ERROR = 16;
    private static final int IS_DOMAIN_INTRODUCED = 17;
    private static final int HEADER_BYTES = 16;
    private static final int PAYLOAD_MAX_BYTES = 4096;

    private final AutoCloseable connection;
    private final ReadableByteChannel in;
    private final WritableByteChannel out;
    private final Queue<String> events = new ArrayDeque<>();
    private int lastRequest;

    private record Message(int type, int request, String payload) {}

    private XenStore(AutoCloseable connection, ReadableByteChannel in, WritableByteChannel out) {
        this.connection = connection;
        this.in = in;
        this.out = out;
    }

    /** @param places tried in this order */
    public static XenStore connect(List<Path> places) throws IOException {
        IOException last = new IOException("no xenstore at " + places);
        for (Path place : places) {
            try {
                if (place.startsWith("/dev")) {
                    if (Files.exists(place)) {
                        // Two channels of one descriptor: one alone would not write while it reads.
                        RandomAccessFile device = new RandomAccessFile(place.toFile(), "rw");
                        return new XenStore(
                                device,
                                new FileInputStream(device.getFD()).getChannel(),
                                new FileOutputStream(device.getFD()).getChannel());
                    }
                } else {
                    SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
                    try {
                        socket.connect(UnixDomainSocketAddress.of(place));
                    } catch (IOException e) {
                        socket.close();
                        throw e;
                    }
                    return new XenStore(socket, socket, socket);
                }
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    /** An event of {@code token} comes at once, and with every change of {@code path}. */
    void watch(String path, String token) throws IOException {
        send(WATCH, path + '\0' + token + '\0');
    }

    void unwatch(String path, String token) throws IOException {
        send(UNWATCH, path + '\0' + token + '\0');
    }

    /** @return null where there is no such node, or it may not be read */
    public @Nullable String read(String path) throws IOException {
        return ask(READ, path + '\0');
    }

    /** @return the names of the nodes below it; none where there is no such node, or it may not be read */
    public List<String> list(String path) throws IOException {
        String names = ask(DIRECTORY, path + '\0');
        return names == null || names.isEmpty() ? List.of() : List.of(names.split("\0"));
    }

    /** @throws IOException where it may not be written */
    public void write(String path, String value) throws IOException {
        if (ask(WRITE, path + '\0' + value) == null) {
            throw new IOException(path + " cannot be written");
        }
    }

    /** Takes the node away, if it is there, with those below it. */
    public void remove(String path) throws IOException {
        String unusedAnswer = ask(REMOVE, path + '\0');
    }

    boolean domainExists(int domid) throws IOException {
        String answer = ask(IS_DOMAIN_INTRODUCED, domid + "\0");
        return answer == null || answer.startsWith("T");
    }

    /** Waits for the next event. @return its token */
    String nextEvent() throws IOException {
        while (true) {
            String token = events.poll();
            if (token != null) {
                return token;
            }
            receive();
        }
    }

    private @Nullable String ask(int type, String payload) throws IOException {
        int request = send(type, payload);
        while (true) {
            Message message = receive();
            if (message.request == request && message.type != WATCH_EVENT) {
                return message.type == ERROR ? null : message.payload;
            }
        }
    }

    private Message receive() throws IOException {
        ByteBuffer header = exactly(HEADER_BYTES);
        int type = header.getInt();
        int request = header.getInt();
        header.getInt();
        int lengthBytes = header.getInt();
        if (lengthBytes < 0 || lengthBytes > PAYLOAD_MAX_BYTES) {
            throw new IOException(
                    "xenstore message: " + lengthBytes + " bytes (expected: <= " + PAYLOAD_MAX_BYTES + ")");
        }
        Message message =
                new Message(type, request, new String(exactly(lengthBytes).array(), UTF_8));
        if (type == WATCH_EVENT) {
            String[] pathAndToken = message.payload.split("\0", -1);
            if (pathAndToken.length >= 2) {
                events.add(pathAndToken[1]);
            }
        }
        return message;
    }

    private ByteBuffer exactly(int bytes) throws IOException {
        ByteBuffer read = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (read.hasRemaining()) {
            if (in.read(read) < 0) {
                throw new EOFException("xenstore closed the connection");
            }
        }
        return read.flip();
    }

    private int send(int type, String payload) throws IOException {
        byte[] bytes = payload.getBytes(UTF_8);
        ByteBuffer message = ByteBuffer.allocate(HEADER_BYTES + bytes.length).order(ByteOrder.LITTLE_ENDIAN);
        synchronized (out) {
            int request = ++lastRequest;
            message.putInt(type)
                    .putInt(request)
                    .putInt(0)
                    .putInt(bytes.length)
                    .put(bytes)
                    .flip();
            while (message.hasRemaining()) {
                out.write(message);
            }
            return request;
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (Exception e) {
            // It is gone either way.
        }
    }
}
