package org.virtsound.audio.vchan;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;

/** Guests' ends of channels, in memory, moved by the test's hand; all on the loop. A channel opens on the loop's next turn. */
public final class FakeVchans implements VchanTransport {
    private final EventLoop loop;
    public final List<End> ends = new ArrayList<>();
    public boolean closed;

    public FakeVchans(EventLoop loop) {
        this.loop = loop;
    }

    @Override
    public Opening open(VchanPeer peer, int port, VchanListener listener) {
        End end = new End(port, listener);
        ends.add(end);
        loop.execute(() -> {
            if (!end.cancelled) {
                end.opened = true;
                listener.opened(end);
            }
        });
        return () -> end.cancelled = true;
    }

    @Override
    public void close() {
        closed = true;
    }

    /** @return the channel of {@code port} that was opened last */
    public End last(int port) {
        return ends.stream().filter(end -> end.port == port).reduce((a, b) -> b).orElseThrow();
    }

    public final class End implements Vchan {
        public final int port;
        public final VchanListener listener;
        public final ByteBuf toHost = Unpooled.buffer();
        public final ByteBuf toGuest = Unpooled.buffer();
        public int roomBytes = 1 << 20;
        public boolean opened;
        public boolean cancelled;
        public boolean closed;
        private boolean left;

        End(int port, VchanListener listener) {
            this.port = port;
            this.listener = listener;
        }

        /** The guest writes, and rings. */
        public void guestWrites(byte... bytes) {
            toHost.writeBytes(bytes);
            listener.rung();
        }

        public void guestSays(int... codes) {
            for (int code : codes) {
                toHost.writeIntLE(code);
            }
            listener.rung();
        }

        public void guestCloses() {
            left = true;
            listener.rung();
        }

        /** @return what the guest reads; there is as much room again */
        public byte[] guestReads() {
            byte[] bytes = new byte[toGuest.readableBytes()];
            toGuest.readBytes(bytes);
            listener.rung();
            return bytes;
        }

        @Override
        public int read(ByteBuf into, int maxBytes) {
            if (closed) {
                throw new IllegalStateException("read after close");
            }
            if (maxBytes <= 0 || maxBytes > into.writableBytes()) {
                throw new IllegalArgumentException("maxBytes: " + maxBytes);
            }
            int got = Math.min(maxBytes, toHost.readableBytes());
            into.writeBytes(toHost, got);
            return got == 0 && left ? -1 : got;
        }

        @Override
        public int write(ByteBuf from) {
            if (closed) {
                throw new IllegalStateException("write after close");
            }
            if (left) {
                return -1;
            }
            int put = Math.min(from.readableBytes(), roomBytes - toGuest.readableBytes());
            toGuest.writeBytes(from, put);
            return put;
        }

        @Override
        public boolean isOpen() {
            return !left && !closed;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
