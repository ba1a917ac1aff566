package org.virtsound.audio.guest;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.ArrayList;
import java.util.List;
import org.virtsound.audio.pulse.Answer;
import org.virtsound.audio.pulse.Direction;
import org.virtsound.audio.pulse.FrameListener;
import org.virtsound.audio.pulse.Opcode;
import org.virtsound.audio.pulse.ProtocolException;
import org.virtsound.audio.pulse.Request;
import org.virtsound.audio.pulse.SessionRequest;
import org.virtsound.audio.pulse.TagLimits;
import org.virtsound.audio.pulse.TagReader;
import org.virtsound.audio.relay.RelayConnection;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.SeekMode;

/**
 * The server's side of the native protocol, for one connection of one guest: AUTH first and once, then what {@link CommandTable}
 * lets through. Owned by the audio loop.
 *
 * <p>Any cookie will do: who a guest is, is where it comes from.
 */
final class GuestSession implements FrameListener {
    static final int VERSION_MAX = 35;
    private static final int VERSION_MIN = 13;

    private final EventLoop loop;
    private final RelayConnection relay;
    private final GuestOut out;
    private final Runnable disconnect;
    private final TagReader in = new TagReader(TagLimits.GUEST);
    private final StreamCommands streamCommands;
    private final Introspection introspection;
    private final IntObjectMap<GuestPlayback> playbacks = new IntObjectHashMap<>();
    private final IntObjectMap<GuestRecord> records = new IntObjectHashMap<>();
    private final int clientIndex;
    private boolean authorized;
    private boolean closed;

    /** @param disconnect closes the connection once what was written has gone out */
    GuestSession(EventLoop loop, RelayConnection relay, GuestOut out, Runnable disconnect) {
        this.loop = loop;
        this.relay = relay;
        this.out = out;
        this.disconnect = disconnect;
        clientIndex = relay.nextIndex();
        streamCommands = new StreamCommands(this);
        introspection = new Introspection(this);
    }

    EventLoop loop() {
        return loop;
    }

    RelayConnection relay() {
        return relay;
    }

    GuestOut out() {
        return out;
    }

    int clientIndex() {
        return clientIndex;
    }

    boolean isAuthorized() {
        return authorized;
    }

    @Override
    public void control(ByteBuf packet) {
        in.reset(packet);
        int code = in.u32();
        int tag = in.u32();
        Opcode opcode = Opcode.of(code);
        if (opcode == null) {
            throw new ProtocolException("command: " + Integer.toUnsignedString(code) + " (expected: <= 104)");
        }
        if (!authorized) {
            authorize(opcode, tag);
            return;
        }
        switch (CommandTable.ruleOf(opcode)) {
            case SESSION -> setClientName(opcode, tag);
            case STREAM -> streamCommands.accept(opcode, tag, in);
            case OWN_INDEX -> streamCommands.mix(opcode, tag, in);
            case ANSWER -> introspection.answer(opcode, tag, in);
            case ACKNOWLEDGE -> {
                decode(opcode);
                out.settle(tag, ErrorCode.OK);
            }
            case ACCESS -> {
                relay.refused();
                out.error(tag, ErrorCode.ACCESS);
            }
            case NOENTITY -> out.error(tag, ErrorCode.NOENTITY);
            case NOEXTENSION -> out.error(tag, ErrorCode.NOEXTENSION);
            case DROP -> throw new ProtocolException("command: " + opcode + " (no client may say it)");
        }
    }

    @Override
    public void memblock(int channel, long offsetBytes, SeekMode seek, ByteBuf payload) {
        if (!authorized) {
            payload.release();
            throw new ProtocolException("memblock before AUTH");
        }
        GuestPlayback playback = playbacks.get(channel);
        if (playback == null || !playback.isOpen()) {
            payload.release();
            return;
        }
        playback.stream().write(payload, seek, offsetBytes);
    }

    private void authorize(Opcode opcode, int tag) {
        if (opcode != Opcode.AUTH) {
            throw new ProtocolException("command before AUTH: " + opcode);
        }
        SessionRequest.Auth auth = SessionRequest.Auth.decode(in, 0);
        if (auth.version() < VERSION_MIN) {
            out.version(VERSION_MIN);
            out.error(tag, ErrorCode.VERSION);
            disconnect.run();
            return;
        }
        authorized = true;
        out.version(Math.min(auth.version(), VERSION_MAX));
        out.command(tag, new Answer.Authorized(out.version(), 0));
    }

    private void setClientName(Opcode opcode, int tag) {
        if (opcode == Opcode.AUTH) {
            throw new ProtocolException("AUTH a second time");
        }
        decode(opcode);
        out.command(tag, new Answer.ClientIndex(clientIndex));
    }

    /** Reads all of the request, or throws. */
    Request decode(Opcode opcode) {
        Request request = Request.decode(opcode, in, out.version());
        if (request == null) {
            throw new IllegalStateException(opcode + " has no record");
        }
        return request;
    }

    IntObjectMap<GuestPlayback> playbacks() {
        return playbacks;
    }

    IntObjectMap<GuestRecord> records() {
        return records;
    }

    List<GuestStream> streams(Direction direction) {
        return new ArrayList<>(direction == Direction.PLAYBACK ? playbacks.values() : records.values());
    }

    /** The stream has ended by itself. */
    void forget(GuestStream stream) {
        if (stream.direction == Direction.PLAYBACK) {
            playbacks.remove(stream.channel);
        } else {
            GuestRecord record = records.remove(stream.channel);
            if (record != null) {
                record.outlet().release();
            }
        }
    }

    /** Record data waits for room in the socket: there may be some now. */
    void pump() {
        for (GuestRecord record : records.values()) {
            record.outlet().pump();
        }
    }

    int waitingBytes() {
        int sum = 0;
        for (GuestRecord record : records.values()) {
            sum += record.outlet().waitingBytes();
        }
        return sum;
    }

    /** The connection is gone. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        relay.close();
        records.values().forEach(record -> record.outlet().release());
        records.clear();
        playbacks.clear();
    }
}
