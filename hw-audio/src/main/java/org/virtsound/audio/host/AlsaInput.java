package org.virtsound.audio.host;

import com.sun.jna.Pointer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.SampleSpec;

/**
 * What the backend "alsa:PCM" records: the card sets the pace while it is open, the clock while it is not, and then it is silence.
 * Owned by the audio loop.
 */
final class AlsaInput implements PcmInput {
    private static final int LONGEST_BYTES = 64 << 10;

    private final PaceClock clock;
    private final SampleSpec spec;
    private final AlsaCard card;
    private final Silence silence;
    private final Pace pace;
    /** What lies in the card's buffer is from before. */
    private boolean stale = true;

    private long allowedBytes;

    AlsaInput(PaceClock clock, String name, Executor devices, SampleSpec spec, Consumer<@Nullable String> trouble) {
        this.clock = clock;
        this.spec = spec;
        this.card = new AlsaCard(clock, name, Asound.Direction.CAPTURE, devices, trouble);
        this.silence = Silence.of(spec.format());
        this.pace = new Pace(spec);
    }

    @Override
    public void start() {
        long now = clock.nowNs();
        pace.start(now);
        allowedBytes = spec.bytesOf(AlsaCard.BUFFER_US);
        stale = true;
        card.need(spec, now);
    }

    @Override
    public long ready(long dueBytes) {
        long now = clock.nowNs();
        card.need(spec, now);
        allowedBytes = AlsaCard.allowed(allowedBytes, pace.take(now), spec);
        Pointer pcm = card.pcm();
        if (pcm == null) {
            return dueBytes;
        }
        if (stale) {
            stale = false;
            Asound.drop(pcm);
        }
        Asound.record(pcm);
        long frames = Asound.room(pcm);
        if (frames < 0) {
            card.lost(Asound.words(frames), now);
            return dueBytes;
        }
        return Math.min(frames * spec.frameBytes(), allowedBytes);
    }

    @Override
    public ByteBuf read(int bytes) {
        Pointer pcm = card.pcm();
        if (pcm == null) {
            return silence.bytes(bytes);
        }
        allowedBytes -= bytes;
        ByteBuf block = PooledByteBufAllocator.DEFAULT.directBuffer(bytes, bytes);
        ByteBuffer into = block.nioBuffer(0, bytes);
        long frames = Asound.read(pcm, into, bytes / spec.frameBytes());
        if (frames < 0) {
            card.lost(Asound.words(frames), clock.nowNs());
        }
        block.writerIndex((int) Math.max(0, frames) * spec.frameBytes());
        if (block.isWritable()) {
            ByteBuf rest = silence.bytes(block.writableBytes());
            block.writeBytes(rest);
            rest.release();
        }
        return block;
    }

    @Override
    public int longest(int frameBytes) {
        return Math.min(LONGEST_BYTES / frameBytes * frameBytes, silence.longest(frameBytes));
    }

    @Override
    public void stop() {
        stale = true;
        card.letGo();
    }

    @Override
    public void close() {
        card.close();
    }
}
