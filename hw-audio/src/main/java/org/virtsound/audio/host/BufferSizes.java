package org.virtsound.audio.host;

import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.SampleSpec;

/**
 * Fills in and clamps a stream's buffer sizes as PulseAudio 16.1 does (protocol-native's fix_*_buffer_attr, then its memblockq), for
 * a device that has no latency of its own.
 */
final class BufferSizes {
    private static final int T_LENGTH_US = 2_000_000;
    private static final int PROCESS_US = 20_000;
    private static final int FRAGMENT_US = 2_000_000;
    /** With the request to adjust latency, PulseAudio's sources send this often unless told otherwise. */
    private static final int FRAGMENT_ADJUSTED_US = 25_000;

    private BufferSizes() {}

    static BufferAttr playback(BufferAttr wanted, SampleSpec spec) {
        int frame = spec.frameBytes();
        int maxLength = maxLength(wanted.maxLength(), frame);
        long tLength = wanted.tLength() < 0 ? bytesUp(T_LENGTH_US, spec) : Math.max(wanted.tLength(), frame);
        tLength = Math.min(tLength, maxLength);
        long minReq =
                wanted.minReq() < 0 ? Math.min(bytesUp(PROCESS_US, spec), down(tLength / 4, frame)) : wanted.minReq();
        minReq = Math.max(down(minReq, frame), frame);
        if (tLength < minReq + frame) {
            tLength = minReq + frame;
        }
        // Two steps of credit: one on its way while the other plays.
        tLength = Math.min(up(Math.max(tLength, 2 * minReq), frame), maxLength);
        if (minReq > tLength - frame) {
            minReq = Math.max(tLength - frame, frame);
        }
        long prebufMax = tLength + frame - minReq;
        long prebuf = wanted.prebuf() < 0 ? prebufMax : Math.min(up(wanted.prebuf(), frame), prebufMax);
        return BufferAttr.playback(maxLength, (int) tLength, (int) prebuf, (int) minReq);
    }

    static BufferAttr record(BufferAttr wanted, SampleSpec spec, boolean adjustLatency) {
        int frame = spec.frameBytes();
        int maxLength = maxLength(wanted.maxLength(), frame);
        long fragment = wanted.fragSize() < 0
                ? bytesUp(adjustLatency ? FRAGMENT_ADJUSTED_US : FRAGMENT_US, spec)
                : down(wanted.fragSize(), frame);
        return BufferAttr.record(maxLength, (int) Math.min(Math.max(fragment, frame), maxLength));
    }

    private static int maxLength(int wanted, int frame) {
        int maxLength = wanted < 0 || wanted > BufferAttr.MAX_LENGTH_MAX ? BufferAttr.MAX_LENGTH_MAX : wanted;
        // Two frames: one to ask for, one to play.
        return (int) Math.max(up(maxLength, frame), 2L * frame);
    }

    private static long bytesUp(long us, SampleSpec spec) {
        return (us * spec.rateHz() + 999_999) / 1_000_000 * spec.frameBytes();
    }

    private static long up(long bytes, int frame) {
        return (bytes + frame - 1) / frame * frame;
    }

    private static long down(long bytes, int frame) {
        return bytes / frame * frame;
    }
}
