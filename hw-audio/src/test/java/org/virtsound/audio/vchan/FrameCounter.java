package org.virtsound.audio.vchan;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * PCM that tells where it is: each frame's two 16-bit samples are a running number, so that one lost, repeated or torn frame shows.
 * {@link #hear} counts what comes: silent frames, numbered ones, and breaks in their order.
 */
final class FrameCounter {
    static final int FRAME_BYTES = 4;

    private final ByteBuffer frame = ByteBuffer.allocate(FRAME_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private int last;
    private long silent;
    private long numbered;
    private long breaks;
    private long silentInside;
    private long silentSince;

    /** Fills {@code pcm} with the frames after number {@code from}. */
    static void fill(byte[] pcm, int frames, int from) {
        ByteBuffer.wrap(pcm).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().put(numbers(frames, from));
    }

    private static int[] numbers(int frames, int from) {
        int[] numbers = new int[frames];
        for (int i = 0; i < frames; i++) {
            numbers[i] = from + 1 + i;
        }
        return numbers;
    }

    synchronized void hear(byte[] pcm, int length) {
        for (int i = 0; i < length; i++) {
            frame.put(pcm[i]);
            if (!frame.hasRemaining()) {
                hear(frame.getInt(0));
                frame.clear();
            }
        }
    }

    private void hear(int number) {
        if (number == 0) {
            silent++;
            silentSince++;
            return;
        }
        if (numbered > 0) {
            breaks += number == last + 1 ? 0 : 1;
            silentInside += silentSince;
        }
        silentSince = 0;
        numbered++;
        last = number;
    }

    synchronized long silent() {
        return silent;
    }

    synchronized long numbered() {
        return numbered;
    }

    /** @return how often a number did not follow the one before */
    synchronized long breaks() {
        return breaks;
    }

    /** @return silent frames between two numbered ones */
    synchronized long silentInside() {
        return silentInside;
    }

    synchronized long silentAtEnd() {
        return silentSince;
    }

    synchronized int last() {
        return last;
    }

    /** @return whether half a frame is all that came last */
    synchronized boolean torn() {
        return frame.position() > 0;
    }
}
