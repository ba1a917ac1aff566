package org.virtsound.audio.host;

import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.PlaybackListener;
import org.virtsound.audio.stream.PlaybackStream;
import org.virtsound.audio.stream.SeekMode;
import org.virtsound.audio.stream.SoundServer;
import org.virtsound.audio.stream.StreamOpened;
import org.virtsound.audio.stream.StreamRequest;
import org.virtsound.audio.stream.Timing;

/** A player: writes down what it is told, and answers credit with audio where it is asked to. */
class PlayerLog implements PlaybackListener {
    final List<String> events = new ArrayList<>();
    final Timing last = new Timing();
    StreamOpened opened;
    BufferAttr attr;
    ErrorCode ended;
    long credit;
    boolean keepsUp;
    int timings;
    long measuredUs = -1;
    long written;
    PlaybackStream stream;

    PlayerLog on(SoundServer server, StreamRequest request) {
        stream = server.play(request, this);
        return this;
    }

    void write(int bytes) {
        written += bytes;
        credit -= bytes;
        stream.write(block(bytes), SeekMode.RELATIVE, 0);
    }

    io.netty.buffer.ByteBuf block(int bytes) {
        return Unpooled.wrappedBuffer(new byte[bytes]);
    }

    Timing ask() {
        int before = timings;
        stream.timing(7, 1, 2);
        if (timings != before + 1) {
            throw new AssertionError("no answer to a timing question");
        }
        return last;
    }

    @Override
    public void opened(StreamOpened opened) {
        this.opened = opened;
        attr = opened.attr();
        events.add("opened");
        credit(opened.creditBytes());
    }

    @Override
    public void credit(int bytes) {
        credit += bytes;
        if (keepsUp) {
            write((int) credit);
        }
    }

    @Override
    public void timing(int tag, int localS, int localUs, Timing timing) {
        timings++;
        last.readIndex = timing.readIndex;
        last.writeIndex = timing.writeIndex;
        last.running = timing.running;
        last.playingFor = timing.playingFor;
        last.underrunFor = timing.underrunFor;
        last.firstLatencyUs = timing.firstLatencyUs;
        last.nowS = timing.nowS;
        last.nowUs = timing.nowUs;
    }

    @Override
    public void started() {
        events.add("started");
    }

    @Override
    public void underflow(long readIndex) {
        events.add("underflow " + readIndex);
    }

    @Override
    public void overflow() {
        events.add("overflow");
    }

    @Override
    public void ended(ErrorCode error) {
        ended = error;
        events.add("ended " + error);
    }

    @Override
    public void measured(long latencyUs) {
        measuredUs = latencyUs;
    }

    @Override
    public void bufferAttr(BufferAttr attr, long deviceLatencyUs) {
        this.attr = attr;
        events.add("attr");
    }

    @Override
    public void suspended(boolean suspended) {
        events.add("suspended " + suspended);
    }

    @Override
    public void moved(BufferAttr attr, long deviceLatencyUs, boolean suspended) {
        this.attr = attr;
        events.add("moved");
    }
}
