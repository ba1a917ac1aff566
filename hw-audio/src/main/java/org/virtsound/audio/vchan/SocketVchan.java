package org.virtsound.audio.vchan;

import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEventLoop;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A channel over a unix stream socket: no framing, end of file is the peer's close. Owned by the audio loop.
 *
 * <p>Source: qubes-audio.md, 8.
 */
final class SocketVchan implements Vchan {
    /** The kernel's least; with its own accounting about {@link #UNREAD_MAX_BYTES} lie unread at the peer. */
    private static final int SEND_BUFFER_BYTES = 4608;

    private final Socket socket;
    private final Doorbell bell;
    private boolean ended;

    private SocketVchan(Socket socket, IoEventLoop loop, Runnable rung) throws IOException {
        this.socket = socket;
        bell = Doorbell.at(loop, socket, () -> {
            rung.run();
            return false;
        });
    }

    /** @throws IOException where nobody listens at {@code path} now */
    static SocketVchan connect(Path path, IoEventLoop loop, Runnable rung) throws IOException {
        Socket socket = Socket.newSocketDomain();
        try {
            socket.setSendBufferSize(SEND_BUFFER_BYTES);
            if (!socket.connect(new DomainSocketAddress(path.toString()))) {
                throw new IOException(path + " has its peer already");
            }
            return new SocketVchan(socket, loop, rung);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public int read(ByteBuf into, int maxBytes) {
        if (ended) {
            return -1;
        }
        try {
            int at = into.writerIndex();
            int got = socket.readAddress(into.memoryAddress(), at, at + maxBytes);
            if (got > 0) {
                into.writerIndex(at + got);
            }
            ended = got < 0;
            return got;
        } catch (IOException e) {
            ended = true;
            return -1;
        }
    }

    @Override
    public int write(ByteBuf from) {
        if (!isOpen()) {
            return -1;
        }
        try {
            int put = socket.sendAddress(from.memoryAddress(), from.readerIndex(), from.writerIndex());
            from.skipBytes(Math.max(0, put));
            return put;
        } catch (IOException e) {
            ended = true;
            return -1;
        }
    }

    @Override
    public boolean isOpen() {
        return !ended && !bell.hungUp();
    }

    @Override
    public void close() {
        ended = true;
        bell.silence();
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }
}
