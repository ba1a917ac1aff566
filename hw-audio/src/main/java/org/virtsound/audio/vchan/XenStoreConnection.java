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
import java.util.List;

/**
 * One connection to xenstore and its messages: type, request, transaction, length (four little-endian words), then the payload. One
 * thread sends, one receives; any closes.
 */
final class XenStoreConnection implements AutoCloseable {
    private static final int HEADER_BYTES = 16;
    private static final int PAYLOAD_MAX_BYTES = 4096;

    private final AutoCloseable connection;
    private final ReadableByteChannel in;
    private final WritableByteChannel out;
    private int lastRequest;

    /**
     * @param type of xenstore's requests
     * @param request that it answers; 0 of an event
     */
    record Message(int type, int request, String payload) {}

    private XenStoreConnection(AutoCloseable connection, ReadableByteChannel in, WritableByteChannel out) {
        this.connection = connection;
        this.in = in;
        this.out = out;
    }

    /** @param places tried in this order */
    static XenStoreConnection to(List<Path> places) throws IOException {
        IOException last = new IOException("no xenstore at " + places);
        for (Path place : places) {
            try {
                if (place.startsWith("/dev")) {
                    if (Files.exists(place)) {
                        // Two channels of one descriptor: one alone would not write while it reads.
                        RandomAccessFile device = new RandomAccessFile(place.toFile(), "rw");
                        return new XenStoreConnection(
                                device,
                                new FileInputStream(device.getFD()).getChannel(),
                                new FileOutputStream(device.getFD()).getChannel());
                    }
                } else if (Files.isWritable(place)) {
                    SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
                    try {
                        socket.connect(UnixDomainSocketAddress.of(place));
                    } catch (IOException e) {
                        socket.close();
                        throw e;
                    }
                    return new XenStoreConnection(socket, socket, socket);
                }
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    /** @return the number that its answer carries */
    int send(int type, String payload) throws IOException {
        byte[] bytes = payload.getBytes(UTF_8);
        int request = ++lastRequest;
        ByteBuffer message = ByteBuffer.allocate(HEADER_BYTES + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(type)
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

    /** Waits for it. */
    Message receive() throws IOException {
        ByteBuffer header = exactly(HEADER_BYTES);
        int type = header.getInt();
        int request = header.getInt();
        header.getInt();
        int lengthBytes = header.getInt();
        if (lengthBytes < 0 || lengthBytes > PAYLOAD_MAX_BYTES) {
            throw new IOException(
                    "xenstore message: " + lengthBytes + " bytes (expected: <= " + PAYLOAD_MAX_BYTES + ")");
        }
        return new Message(type, request, new String(exactly(lengthBytes).array(), UTF_8));
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

    @Override
    public void close() {
        try {
            connection.close();
        } catch (Exception e) {
            // It is gone either way.
        }
    }
}
