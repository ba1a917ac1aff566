package org.virtsound.audio.host;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.PlaybackListener;
import org.virtsound.audio.stream.PlaybackStream;
import org.virtsound.audio.stream.Reply;
import org.virtsound.audio.stream.SeekMode;
import org.virtsound.audio.stream.Timing;

/**
 * A guest's playback stream as its counterpart on the host plays it: everything passes there, and the queue of {@code pace} keeps
 * account, so that the clock can take over at any time. Sees that the host still answers. Owned by the audio loop.
 */
final class LivePlayback implements PlaybackStream {
    /** A question of our own among the guest's. */
    private static final int OWN_QUESTION = -1;

    /** A stream whose buffer is longer loses too much with a host: what it was sent is kept. */
    private static final long KEPT_FROM_US = 200_000;

    private final HostPlayback counterpart;
    private final PlaybackStream host;
    private final PlaybackListener guest;
    private final Remembered wanted;
    private final HostPosition at;
    private final PacedPlayback pace;
    private final Silence silence;
    private final Questions questions = new Questions();
    private final Timing ownAnswer = new Timing();
    private final HostPulse pulse;

    private boolean playing;
    /** It owes an answer to a question of our own. */
    private boolean asked;

    LivePlayback(HostPlayback counterpart, PlaybackStream host, SteadyPlayback stream, SteadyServer server) {
        this.counterpart = counterpart;
        this.host = host;
        this.guest = stream.guest();
        this.wanted = stream.wanted();
        this.at = stream.at();
        this.pace = stream.pace();
        this.silence = Silence.of(wanted.spec().format());
        this.pulse = new HostPulse(server, () -> counterpart.isLive() && playing && !wanted.corked, this::askHost);
    }

    /**
     * The host is in charge from now on.
     *
     * @param isPlaying whether it plays already; {@link #watch} it then
     */
    void begin(boolean isPlaying) {
        playing = isPlaying;
    }

    /** Somebody else is. */
    void end() {
        pulse.end();
    }

    /** @return whether the host plays, or would were it not corked */
    boolean isPlaying() {
        return playing;
    }

    void started() {
        playing = true;
        watch();
    }

    void stopped() {
        playing = false;
        at.forgetHeard();
    }

    /** @return where the host reads now */
    long readIndex() {
        return at.estimate(pace.queue(), wanted.spec());
    }

    /** Passes on what the host asks for beyond what the guest still owes. */
    void passCredit() {
        long bytes = at.owed() - pace.queue().owed();
        if (counterpart.isLive() && bytes > 0) {
            pace.queue().lend((int) bytes);
            guest.credit((int) bytes);
        }
    }

    /** Sends silence from {@code start} up to {@code from}, then what the clock has kept. */
    void send(long start, long from, long end) {
        int longest = silence.longest(wanted.spec().frameBytes());
        for (long index = start; index < end; ) {
            int bytes = (int) Math.min((index < from ? from : end) - index, longest);
            boolean silent = index < from || pace.kept(index, 1) == null;
            host.write(silent ? silence.bytes(bytes) : kept(index, bytes), SeekMode.RELATIVE, 0);
            at.sent(bytes);
            index += bytes;
        }
    }

    /** @return a copy of what the clock has kept there, silence behind it */
    private ByteBuf kept(long index, int bytes) {
        ByteBuf block = PooledByteBufAllocator.DEFAULT.directBuffer(bytes, bytes);
        while (block.isWritable()) {
            ByteBuffer piece = pace.kept(index + block.writerIndex(), block.writableBytes());
            if (piece == null) {
                ByteBuf rest = silence.bytes(block.writableBytes());
                block.writeBytes(rest);
                rest.release();
            } else {
                block.writeBytes(piece);
            }
        }
        return block;
    }

    @Override
    public void write(ByteBuf block, SeekMode mode, long offsetBytes) {
        PlaybackQueue queue = pace.queue();
        long owedBefore = queue.owed();
        if (mode == SeekMode.RELATIVE_ON_READ) {
            queue.readAt(readIndex(), playing);
            // It alone knows where it read then.
            at.forgetHeard();
        }
        queue.seek(mode, offsetBytes);
        keep(queue, block);
        queue.write(block.readableBytes());
        at.sent(owedBefore - queue.owed());
        int left = at.leaveOut(block.readableBytes());
        block.skipBytes(left);
        if (block.isReadable()) {
            host.write(block, mode, mode == SeekMode.ABSOLUTE ? at.toHost(offsetBytes + left) : offsetBytes);
        } else {
            block.release();
        }
        passCredit();
    }

    private void keep(PlaybackQueue queue, ByteBuf block) {
        int tLength = queue.attr().tLength();
        if (tLength > wanted.spec().bytesOf(KEPT_FROM_US)) {
            pace.keep(queue.writeIndex(), block, tLength + queue.attr().minReq());
        }
    }

    @Override
    public void cork(boolean corked, Reply reply) {
        counterpart.cork(corked, SteadyStream.sure(reply));
        at.forgetHeard();
        if (playing && !corked) {
            watch();
        }
    }

    @Override
    public void flush(Reply reply) {
        pace.queue().readAt(readIndex(), playing);
        pace.queue().flush();
        host.flush(SteadyStream.sure(reply));
        stopped();
        askHost();
    }

    @Override
    public void prebuf(Reply reply) {
        at.forgetHeard();
        host.prebuf(SteadyStream.sure(reply));
    }

    @Override
    public void trigger(Reply reply) {
        host.trigger(SteadyStream.sure(reply));
    }

    /** What the host says of a drain counts only while it plays; of what it took with it when it went, the clock tells. */
    @Override
    public void drain(Reply reply) {
        host.drain(error -> {
            if (counterpart.isLive() && error != ErrorCode.CONNECTIONTERMINATED) {
                reply.done(error);
            }
        });
    }

    /**
     * While the host plays on, we know as well as it does where it is: each question that it need not answer is a way through two
     * processes less. It is asked anew often enough for that.
     */
    @Override
    public void timing(int tag, int localS, int localUs) {
        if (!playing || wanted.corked || !at.isSure(pace.queue(), wanted.spec())) {
            ask(tag, localS, localUs);
            return;
        }
        at.tell(ownAnswer, pace.queue(), wanted.spec());
        if (at.isStale() && !asked) {
            askHost();
        }
        guest.timing(tag, localS, localUs, ownAnswer);
    }

    private void ask(int tag, int localS, int localUs) {
        host.timing(questions.add(tag, localS, localUs, pace.queue().writeIndex(), at.turn()), localS, localUs);
    }

    /** The host answers {@link #timing}, possibly after it has ceased to be in charge. */
    void answered(int number, int localS, int localUs, Timing timing) {
        if (!questions.remove(number)) {
            return;
        }
        pulse.answered();
        // Flushed and filled again before it had run dry, it plays on without a word.
        boolean playsOn = counterpart.isLive() && timing.running && !playing && !wanted.corked;
        playing |= playsOn;
        at.told(timing, wanted.spec(), timing.running && playing, questions.turn(number));
        if (counterpart.isLive()) {
            pace.queue().correct(timing.writeIndex - questions.writeIndex(number));
        }
        int tag = questions.tag(number);
        asked &= tag != OWN_QUESTION;
        if (tag != OWN_QUESTION) {
            guest.timing(tag, localS, localUs, timing);
        } else if (counterpart.isLive()) {
            guest.measured(at.latencyUs() + wanted.spec().usOf(Math.max(0, timing.writeIndex - timing.readIndex)));
        }
        if (playsOn) {
            watch();
        }
    }

    /** The host is gone: the clock answers what it was asked. */
    void leaveQuestions() {
        asked = false;
        questions.answerAll((tag, localS, localUs) -> {
            if (tag != OWN_QUESTION) {
                pace.timing(tag, localS, localUs);
            }
        });
    }

    /** Learns where the host is, for the case that it goes. */
    void askHost() {
        asked = true;
        ask(OWN_QUESTION, 0, 0);
    }

    /** Sees from now on that the host still answers. */
    void watch() {
        pulse.watch();
    }

    @Override
    public void bufferAttr(BufferAttr attr, boolean adjustLatency, boolean earlyRequests, Reply reply) {
        host.bufferAttr(attr, adjustLatency, earlyRequests, SteadyStream.sure(reply));
    }

    @Override
    public void sampleRate(int rateHz, Reply reply) {
        host.sampleRate(rateHz, SteadyStream.sure(reply));
    }

    @Override
    public void name(String name, Reply reply) {
        host.name(name, SteadyStream.sure(reply));
    }

    @Override
    public void volume(ChannelVolumes volume, Reply reply) {
        host.volume(volume, SteadyStream.sure(reply));
    }

    @Override
    public void mute(boolean muted, Reply reply) {
        host.mute(muted, SteadyStream.sure(reply));
    }

    @Override
    public void device(@Nullable String device, Reply reply) {
        host.device(device, SteadyStream.sure(reply));
    }

    @Override
    public void close() {
        host.close();
    }
}
