package org.virtsound.audio;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.pulse.Answer;
import org.virtsound.audio.pulse.Command;
import org.virtsound.audio.pulse.Cookie;
import org.virtsound.audio.pulse.CreatePlaybackStream;
import org.virtsound.audio.pulse.CreateRecordStream;
import org.virtsound.audio.pulse.Event;
import org.virtsound.audio.pulse.Failure;
import org.virtsound.audio.pulse.Frames;
import org.virtsound.audio.pulse.Opcode;
import org.virtsound.audio.pulse.Proplist;
import org.virtsound.audio.pulse.Request;
import org.virtsound.audio.pulse.SessionRequest;
import org.virtsound.audio.pulse.StreamFlag;
import org.virtsound.audio.pulse.TagLimits;
import org.virtsound.audio.pulse.TagReader;
import org.virtsound.audio.pulse.TagWriter;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelMap;
import org.virtsound.audio.stream.SampleFormat;
import org.virtsound.audio.stream.SampleSpec;
import org.virtsound.audio.stream.SeekMode;

/** A guest that says exactly what its test wants, over a blocking socket. */
public final class WireClient implements AutoCloseable {
    public static final SampleSpec SPEC = new SampleSpec(SampleFormat.S16LE, 2, 48_000);
    private static final int CONTROL = -1;

    /** What came: a packet's command, tag and content, or PCM. */
    public record Frame(int channel, int opcode, int tag, byte[] body) {
        public boolean isControl() {
            return channel == CONTROL;
        }
    }

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final TagWriter writer = new TagWriter();
    private final int version;
    private final Deque<Frame> aside = new ArrayDeque<>();
    private int nextTag;

    public WireClient(RelayHarness.Guest guest) {
        this(guest, 35);
    }

    public WireClient(RelayHarness.Guest guest, int version) {
        this(guest.address(), version);
    }

    private WireClient(InetSocketAddress address, int version) {
        this.version = version;
        try {
            socket = new Socket();
            socket.setTcpNoDelay(true);
            socket.setReceiveBufferSize(64 << 10);
            socket.connect(address, 5_000);
            socket.setSoTimeout(5_000);
            in = new DataInputStream(socket.getInputStream());
            out = socket.getOutputStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return ready: AUTH and SET_CLIENT_NAME are done */
    public static WireClient ready(RelayHarness.Guest guest) {
        WireClient client = new WireClient(guest);
        client.request(new SessionRequest.Auth(35, 0, Cookie.ZERO));
        client.request(new SessionRequest.SetClientName(Proplist.of("application.name", "test")));
        return client;
    }

    public Socket socket() {
        return socket;
    }

    public void raw(byte... bytes) {
        try {
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void raw(ByteBuf bytes) {
        byte[] array = new byte[bytes.readableBytes()];
        bytes.readBytes(array);
        bytes.release();
        raw(array);
    }

    /** @return its tag */
    public int send(Request request) {
        ByteBuf frame = Unpooled.buffer();
        int tag = nextTag++;
        request.writeTo(frame, writer, tag, version);
        raw(frame);
        return tag;
    }

    /** A packet of that number, with {@code words} as u32s behind the tag. */
    public int send(int opcode, int... words) {
        ByteBuf frame = Unpooled.buffer();
        int tag = nextTag++;
        int start = Frames.beginControl(frame);
        writer.reset(frame).u32(opcode).u32(tag);
        for (int word : words) {
            writer.u32(word);
        }
        Frames.endControl(frame, start);
        raw(frame);
        return tag;
    }

    public void pcm(int channel, byte[] samples) {
        pcm(channel, SeekMode.RELATIVE, 0, samples);
    }

    public void pcm(int channel, SeekMode seek, long offsetBytes, byte[] samples) {
        ByteBuf frame = Unpooled.buffer();
        Frames.memblockHeader(frame, samples.length, channel, offsetBytes, seek);
        raw(frame.writeBytes(samples));
    }

    /** @return the answer, with events and PCM that came before it put aside */
    public Command request(Request request) {
        int tag = send(request);
        return answerTo(tag, request.opcode());
    }

    public Command answerTo(int tag, Opcode request) {
        Deque<Frame> before = new ArrayDeque<>();
        while (true) {
            Frame frame = next();
            if (frame == null) {
                throw new IllegalStateException(request + ": the connection was closed");
            }
            if (frame.isControl() && frame.tag() == tag) {
                aside.addAll(before);
                TagReader reader = new TagReader(TagLimits.HOST).reset(Unpooled.wrappedBuffer(frame.body()));
                return frame.opcode() == Opcode.ERROR.code()
                        ? Failure.decode(reader, version)
                        : Answer.decode(request, reader, version);
            }
            before.add(frame);
        }
    }

    public Answer.PlaybackOpened play(String name) {
        return (Answer.PlaybackOpened) request(playback(name, Set.of()));
    }

    public Answer.RecordOpened record() {
        return (Answer.RecordOpened) request(recording(960));
    }

    public static CreatePlaybackStream playback(String name, Set<StreamFlag> flags) {
        return new CreatePlaybackStream(
                SPEC,
                ChannelMap.STEREO,
                Command.NONE,
                null,
                BufferAttr.playback(-1, 3840, -1, -1),
                flags,
                0,
                org.virtsound.audio.stream.ChannelVolumes.flat(2, 0x10000),
                Proplist.of("media.name", name),
                List.of());
    }

    public static CreateRecordStream recording(int fragmentBytes) {
        return new CreateRecordStream(
                SPEC,
                ChannelMap.STEREO,
                Command.NONE,
                null,
                BufferAttr.record(-1, fragmentBytes),
                Set.of(),
                Proplist.of("media.name", "dictaphone"),
                Command.NONE,
                List.of(),
                org.virtsound.audio.stream.ChannelVolumes.flat(2, 0x10000));
    }

    /** @return the next frame not seen yet; null where the connection is closed */
    public @Nullable Frame next() {
        return aside.isEmpty() ? read() : aside.remove();
    }

    /** @return the next packet of that kind; frames before it are lost */
    public Frame await(Opcode opcode) {
        while (true) {
            Frame frame = next();
            if (frame == null) {
                throw new IllegalStateException(opcode + ": the connection was closed");
            }
            if (frame.isControl() && frame.opcode() == opcode.code()) {
                return frame;
            }
        }
    }

    public Event event(Opcode opcode) {
        return Event.decode(
                opcode,
                new TagReader(TagLimits.HOST)
                        .reset(Unpooled.wrappedBuffer(await(opcode).body())),
                version);
    }

    /** @return whether the other end closes the connection, whatever it says before */
    public boolean isClosed() {
        while (read() != null) {
            // Said before.
        }
        return true;
    }

    private @Nullable Frame read() {
        try {
            int length = in.readInt();
            int channel = in.readInt();
            in.readLong();
            in.readInt();
            byte[] payload = new byte[length];
            in.readFully(payload);
            if (channel != CONTROL) {
                return new Frame(channel, -1, -1, payload);
            }
            ByteBuf packet = Unpooled.wrappedBuffer(payload);
            TagReader reader = new TagReader(TagLimits.HOST).reset(packet);
            int opcode = reader.u32();
            int tag = reader.u32();
            byte[] body = new byte[packet.readableBytes()];
            packet.readBytes(body);
            return new Frame(channel, opcode, tag, body);
        } catch (EOFException | SocketException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
