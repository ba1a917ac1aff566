package org.virtsound.audio.host;

import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.SeekMode;

/**
 * PulseAudio's stream queue (memblockq) without the audio: where the stream is written and read, what may be written, whether
 * enough is there to start. Owned by the audio loop, through its stream.
 *
 * <p>{@code owed} is credit that was given and not used; below 0 where more came than was asked for. {@code missing} is what fits
 * and was not yet asked for: {@code missing + owed + fill = tLength} while all writes are in order.
 */
final class PlaybackQueue {
    private final int frameBytes;
    private BufferAttr attr;
    private long writeIndex;
    private long readIndex;
    /** End of the last byte written, wherever the write index was moved to since. */
    private long tail;

    private long owed;
    private long missing;
    private boolean prebuffering;

    PlaybackQueue(BufferAttr attr, int frameBytes) {
        this.attr = attr;
        this.frameBytes = frameBytes;
        this.missing = attr.tLength();
        this.prebuffering = attr.prebuf() > 0;
    }

    BufferAttr attr() {
        return attr;
    }

    long writeIndex() {
        return writeIndex;
    }

    long readIndex() {
        return readIndex;
    }

    long owed() {
        return owed;
    }

    /** @return bytes that are there to be played */
    long fill() {
        return Math.max(0, writeIndex - readIndex);
    }

    /** @return whether it waited to be filled up when it was last asked whether it is {@link #ready} */
    boolean prebuffering() {
        return prebuffering;
    }

    /** @return whether playing would start, or go on */
    boolean ready() {
        if (prebuffering) {
            if (fill() < attr.prebuf()) {
                return false;
            }
            prebuffering = false;
        } else if (attr.prebuf() > 0 && readIndex >= writeIndex) {
            prebuffering = true;
            return false;
        }
        return true;
    }

    /** Moves the write index to where the next block goes. */
    void seek(SeekMode mode, long offsetBytes) {
        long to = switch (mode) {
            case RELATIVE -> writeIndex + offsetBytes;
            case ABSOLUTE -> offsetBytes;
            case RELATIVE_ON_READ -> readIndex + offsetBytes;
            case RELATIVE_END -> Math.max(tail, readIndex) + offsetBytes;
        };
        // A client accounts for relative seeks itself, for no others.
        moveWrite(to, mode == SeekMode.RELATIVE);
    }

    /** @return whether the block fits; its bytes count as written in any case */
    boolean write(int bytes) {
        long end = Math.max(tail, readIndex);
        boolean fits = writeIndex + bytes <= end || writeIndex + bytes - readIndex <= attr.maxLength();
        moveWrite(writeIndex + bytes, true);
        if (fits) {
            tail = Math.max(tail, writeIndex);
        }
        return fits;
    }

    /** Moves the read index: {@code bytes} were played. */
    void read(long bytes) {
        readIndex += bytes;
        missing += bytes;
    }

    /** Drops what was not played, which then may be written anew. */
    void flush() {
        moveWrite(readIndex, false);
        tail = readIndex;
        prebuf();
    }

    void prebuf() {
        prebuffering = attr.prebuf() > 0;
    }

    void trigger() {
        prebuffering = false;
    }

    /** @return credit to give now, in steps of minReq at least; 0 for none. Whoever asks has to give it. */
    int takeMissing() {
        if (missing <= 0 || (missing < attr.minReq() && !prebuffering)) {
            return 0;
        }
        int bytes = (int) Math.min(missing, Integer.MAX_VALUE - frameBytes);
        owed += bytes;
        missing -= bytes;
        return bytes;
    }

    /** @return bytes to be played until the next step of credit */
    long bytesToNextStep() {
        return Math.max(attr.minReq() - missing, 0);
    }

    void attr(BufferAttr changed) {
        missing += changed.tLength() - attr.tLength();
        attr = changed;
        if (prebuffering && attr.prebuf() == 0) {
            prebuffering = false;
        }
    }

    /** What lies beyond the longest queue there may be is lost, and so is its place. */
    void cut() {
        long longest = readIndex + attr.maxLength();
        if (writeIndex > longest) {
            // What was not asked for is not asked for anew.
            long unasked = Math.max(0, Math.min(writeIndex - longest, -owed));
            owed += unasked;
            missing -= unasked;
            moveWrite(longest, false);
            tail = Math.min(tail, longest);
        }
    }

    /** The write index was not where it was thought to be. */
    void correct(long bytes) {
        writeIndex += bytes;
        tail += bytes;
    }

    /** Credit that somebody else gave. */
    void lend(int bytes) {
        owed += bytes;
    }

    /**
     * Takes the queue over from another server: it was read up to {@code index} there, and is playing or not. What the listener
     * owes stays; what fits is counted anew.
     */
    void readAt(long index, boolean playing) {
        readIndex = Math.max(readIndex, index);
        tail = Math.max(tail, writeIndex);
        prebuffering = !playing && attr.prebuf() > 0;
        missing = attr.tLength() - fill() - owed;
    }

    private void moveWrite(long to, boolean accounted) {
        long delta = to - writeIndex;
        writeIndex = to;
        if (accounted) {
            owed -= delta;
        } else {
            missing -= delta;
        }
    }
}
