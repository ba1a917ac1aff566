package org.virtsound.audio.host;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.pulse.Cookie;
import org.virtsound.audio.pulse.Direction;
import org.virtsound.audio.pulse.Event;
import org.virtsound.audio.pulse.FrameDecoder;
import org.virtsound.audio.pulse.FrameListener;
import org.virtsound.audio.pulse.Frames;
import org.virtsound.audio.pulse.HotPackets;
import org.virtsound.audio.pulse.Opcode;
import org.virtsound.audio.pulse.ProtocolException;
import org.virtsound.audio.pulse.Request;
import org.virtsound.audio.pulse.TagLimits;
import org.virtsound.audio.pulse.TagReader;
import org.virtsound.audio.pulse.TagWriter;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.SeekMode;

/**
 * One connection to a PulseAudio or pipewire-pulse, for one life: connects, says who it is, carries streams, and ends. It is read
 * without pause, whatever a guest does. Ends when the last leaves who joined it. Owned by the audio loop.
 *
 * <p>Source: pulse-mediation.md, B and E.
 */
final class PulseClient implements FrameListener {
    private static final Logger LOG = Logger.getLogger(PulseClient.class.getName());
    private static final int FRAME_MAX_BYTES = 1 << 20;
    /** From connecting to being ready for streams. */
    private static final int ANSWERS_WITHIN_MS = 3000;
    /** Two seconds of the most that a guest may ask: a server that is there has answered one of them. */
    private static final int UNANSWERED_MAX = 4096;
    /** One text with that of a stream that sees it. */
    private static final String HANGS = "the server there does not answer";

    /** In the name of a server that is one. */
    private static final String PIPEWIRE = "PipeWire";

    /** What becomes of a connection. */
    interface Listener {
        /** It is ready for streams. */
        void up();

        /** It is over, or never was; its streams have been told. Called once. */
        void down(ErrorCode error, String reason);

        /** Something changed there that was subscribed to. */
        default void changed(Event.Subscribed event) {}
    }

    private final EventLoop loop;
    private final PulseAddress address;
    private final HostIdentity identity;
    private final List<Listener> listeners = new ArrayList<>(1);
    private final PulseTags tags = new PulseTags();
    private final TagReader reader = new TagReader(TagLimits.HOST);
    private final TagWriter writer = new TagWriter();
    private final IntObjectMap<PulsePlayback> playbacks = new IntObjectHashMap<>();
    private final IntObjectMap<PulseRecord> records = new IntObjectHashMap<>();
    private final Runnable flush = this::flush;

    private @Nullable PulseDial dial;
    private @Nullable Channel channel;
    private int version = PulseGreeting.VERSION;
    private boolean up;
    private boolean over;
    private boolean flushing;
    private int lastSyncId;
    /** Since the server's last answer. */
    private int asked;

    private @Nullable Future<?> timeout;
    private String server = "PulseAudio";
    private boolean tellsEvenly;
    private String trouble = PulseDial.GONE;
    private ErrorCode error = ErrorCode.CONNECTIONTERMINATED;

    /** @param identity whose name it has */
    PulseClient(EventLoop loop, PulseAddress address, HostIdentity identity) {
        this.loop = loop;
        this.address = address;
        this.identity = identity;
    }

    /** One who comes when it is up hears so soon. */
    void join(Listener listener) {
        listeners.add(listener);
        if (isUp()) {
            loop.execute(() -> {
                if (isUp() && listeners.contains(listener)) {
                    listener.up();
                }
            });
        }
    }

    void leave(Listener listener) {
        if (listeners.remove(listener) && listeners.isEmpty()) {
            giveUp("closed");
        }
    }

    int joined() {
        return listeners.size();
    }

    /** @return an id that no other stream has: those of one id are corked and moved as one */
    int nextSyncId() {
        return ++lastSyncId;
    }

    /** @param shown what the server may know us by */
    void connect(Cookie shown) {
        if (over) {
            return;
        }
        PulseGreeting greeting = new PulseGreeting(this, shown, identity);
        timeout = loop.schedule(this::tooLate, ANSWERS_WITHIN_MS, TimeUnit.MILLISECONDS);
        PulseDial dialled = new PulseDial(loop, address, fresh -> handle(fresh, greeting), this::unreached);
        dial = dialled;
        dialled.start();
    }

    private void handle(Channel fresh, PulseGreeting greeting) {
        fresh.pipeline()
                .addLast("frames", new FrameDecoder(FRAME_MAX_BYTES, FRAME_MAX_BYTES, this))
                .addLast("client", new Life(greeting));
    }

    private void unreached(String reason) {
        error = ErrorCode.CONNECTIONREFUSED;
        trouble = reason;
        end();
    }

    private void tooLate() {
        if (!up && !over) {
            error = ErrorCode.TIMEOUT;
            giveUp(HANGS);
        }
    }

    boolean isUp() {
        return up && !over;
    }

    boolean isOver() {
        return over;
    }

    /** @return "pulseaudio 16.1 at unix:/run/…" */
    String describe() {
        return server + " at " + address.text();
    }

    int version() {
        return version;
    }

    /** @return false of pipewire-pulse, which counts a whole quantum as heard when it reads it */
    boolean tellsEvenly() {
        return tellsEvenly;
    }

    /** @return false while so much waits for the server that audio had better be dropped */
    boolean isWritable() {
        Channel ch = channel;
        return ch != null && ch.isWritable();
    }

    /** Where the server has answered nothing for too many commands, this one fails with the connection. */
    void ask(Request request, PulseTags.Waiter waiter) {
        Channel ch = channel;
        if (over || ch == null) {
            waiter.failed(0, ErrorCode.CONNECTIONTERMINATED);
            return;
        }
        int tag = tags.add(waiter, 0);
        if (mayAsk()) {
            ByteBuf out = ch.alloc().directBuffer();
            request.writeTo(out, writer, tag, version);
            send(ch, out);
        }
    }

    void forget(PulseTags.Waiter waiter) {
        tags.forget(waiter);
    }

    private boolean mayAsk() {
        if (++asked == UNANSWERED_MAX) {
            // Not under the feet of the stream that asks.
            loop.execute(() -> giveUp(HANGS));
        }
        return asked < UNANSWERED_MAX;
    }

    /** Asks for a stream's latency, without garbage, and at once, since its time counts; {@code mark} comes back with the answer. */
    void askLatency(Direction direction, int stream, int mark, int localS, int localUs, PulseTags.Waiter waiter) {
        Channel ch = channel;
        if (over || ch == null) {
            waiter.failed(mark, ErrorCode.CONNECTIONTERMINATED);
            return;
        }
        int tag = tags.add(waiter, mark);
        if (mayAsk()) {
            ByteBuf out = ch.alloc().directBuffer(64);
            HotPackets.writeGetLatency(out, writer, tag, direction, stream, localS, localUs);
            ch.writeAndFlush(out, ch.voidPromise());
        }
    }

    /** @param block ownership passes to the connection, with the room before what is to be read */
    void send(int stream, ByteBuf block, SeekMode mode, long offsetBytes) {
        Channel ch = channel;
        if (over || ch == null) {
            block.release();
            return;
        }
        if (!Frames.prependMemblockHeader(block, stream, offsetBytes, mode)) {
            ByteBuf header = ch.alloc().directBuffer(Frames.HEADER_BYTES, Frames.HEADER_BYTES);
            Frames.memblockHeader(header, block.readableBytes(), stream, offsetBytes, mode);
            ch.write(header, ch.voidPromise());
        }
        send(ch, block);
    }

    void add(int stream, PulsePlayback playback) {
        playbacks.put(stream, playback);
    }

    void add(int stream, PulseRecord record) {
        records.put(stream, record);
    }

    void remove(Direction direction, int stream) {
        if (direction == Direction.PLAYBACK) {
            playbacks.remove(stream);
        } else {
            records.remove(stream);
        }
    }

    /** The server is of no use any more. */
    void giveUp(String reason) {
        trouble = reason;
        if (dial != null) {
            dial.close();
        }
        end();
    }

    private void send(Channel ch, ByteBuf out) {
        ch.write(out, ch.voidPromise());
        if (!flushing) {
            // Once for all that this round of the loop writes.
            flushing = true;
            loop.execute(flush);
        }
    }

    private void flush() {
        flushing = false;
        if (channel != null) {
            channel.flush();
        }
    }

    @Override
    public void control(ByteBuf packet) {
        TagReader in = reader.reset(packet);
        int code = in.u32();
        int tag = in.u32();
        Opcode opcode = Opcode.of(code);
        if (opcode == Opcode.REPLY) {
            asked = 0;
            tags.answered(tag, in, version);
        } else if (opcode == Opcode.ERROR) {
            asked = 0;
            tags.failed(tag, ErrorCode.of(in.u32()));
        } else if (opcode == Opcode.REQUEST) {
            PulsePlayback playback = playbacks.get(in.u32());
            int bytes = in.u32();
            if (playback != null && bytes > 0) {
                playback.credit(bytes);
            }
        } else if (opcode != null) {
            Event event = Event.decode(opcode, in, version);
            if (event != null) {
                tell(event);
            }
        }
    }

    @Override
    public void memblock(int stream, long offsetBytes, SeekMode seek, ByteBuf payload) {
        PulseRecord record = records.get(stream);
        if (record == null) {
            payload.release();
        } else {
            record.fragment(payload);
        }
    }

    private void tell(Event event) {
        if (event instanceof Event.Subscribed subscribed) {
            List.copyOf(listeners).forEach(listener -> listener.changed(subscribed));
        } else if (event instanceof Event.Overflow overflow) {
            tell(playbacks.get(overflow.channel()), event);
        } else if (event instanceof Event.Underflow underflow) {
            tell(playbacks.get(underflow.channel()), event);
        } else if (event instanceof Event.Started started) {
            tell(playbacks.get(started.channel()), event);
        } else if (event instanceof Event.Killed killed) {
            tell(stream(killed.direction(), killed.channel()), event);
        } else if (event instanceof Event.Suspended suspended) {
            tell(stream(suspended.direction(), suspended.channel()), event);
        } else if (event instanceof Event.Moved moved) {
            tell(stream(moved.direction(), moved.channel()), event);
        } else if (event instanceof Event.BufferAttrChanged changed) {
            tell(stream(changed.direction(), changed.channel()), event);
        }
    }

    private @Nullable PulseStream stream(Direction direction, int stream) {
        return direction == Direction.PLAYBACK ? playbacks.get(stream) : records.get(stream);
    }

    private static void tell(@Nullable PulseStream stream, Event event) {
        if (stream != null) {
            stream.event(event);
        }
    }

    /** It speaks this version, as far as we do. */
    void speaks(int agreed) {
        version = agreed;
    }

    /** It is ready for streams. */
    void greeted(String nameAndVersion) {
        server = nameAndVersion;
        tellsEvenly = !nameAndVersion.contains(PIPEWIRE);
        up = true;
        if (timeout != null) {
            timeout.cancel(false);
        }
        List.copyOf(listeners).forEach(Listener::up);
    }

    /** It does not want us. */
    void refused(ErrorCode refusal, String reason) {
        if (!over) {
            error = refusal;
            giveUp(reason);
        }
    }

    private void end() {
        if (over) {
            return;
        }
        over = true;
        if (timeout != null) {
            timeout.cancel(false);
        }
        tags.failAll(error);
        List<PulseStream> streams = new ArrayList<>(playbacks.values());
        streams.addAll(records.values());
        playbacks.clear();
        records.clear();
        streams.forEach(stream -> stream.over(error));
        List.copyOf(listeners).forEach(listener -> listener.down(error, trouble));
        listeners.clear();
    }

    private final class Life extends ChannelInboundHandlerAdapter {
        private final PulseGreeting greeting;

        Life(PulseGreeting greeting) {
            this.greeting = greeting;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            channel = ctx.channel();
            greeting.begin();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            end();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (!over) {
                boolean nonsense = cause instanceof ProtocolException;
                if (nonsense) {
                    trouble = "no sound server: " + cause.getMessage();
                }
                error = nonsense ? ErrorCode.PROTOCOL : ErrorCode.CONNECTIONTERMINATED;
            }
            if (!(cause instanceof ProtocolException || cause instanceof IOException)) {
                LOG.log(Level.SEVERE, "connection to " + address.text() + " ended by a defect", cause);
            }
            ctx.close();
        }
    }
}
