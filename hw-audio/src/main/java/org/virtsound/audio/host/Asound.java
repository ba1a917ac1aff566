package org.virtsound.audio.host;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.nio.ByteBuffer;
import org.virtsound.audio.stream.SampleFormat;

/**
 * The dozen functions of libasound (package libasound2) that playing and recording take, any PCM by its name. A PCM is used by one thread at a
 * time. What is negative is an errno.
 *
 * <p>The JDK's javax.sound opens hardware cards only, not a PCM by name.
 */
final class Asound {
    static final int EAGAIN = -11;
    static final int EPIPE = -32;
    private static final int NONBLOCK = 1;
    private static final int INTERLEAVED = 3;
    private static final int RESAMPLE = 1;
    private static final int PREPARED = 2;

    static {
        Native.register(Asound.class, "libasound.so.2");
        // It would print each error besides returning it. Any function that does nothing with its arguments silences
        // it.
        snd_lib_error_set_handler(NativeLibrary.getInstance("c").getFunction("getpid"));
    }

    /** As snd_pcm_stream_t counts them. */
    enum Direction {
        PLAYBACK(0),
        CAPTURE(1);

        private final int code;

        Direction(int code) {
            this.code = code;
        }
    }

    private Asound() {}

    private static native int snd_pcm_open(PointerByReference pcm, String name, int stream, int mode);

    private static native int snd_pcm_set_params(
            Pointer pcm, int format, int access, int channels, int rate, int softResample, int latencyUs);

    private static native int snd_pcm_close(Pointer pcm);

    private static native long snd_pcm_avail(Pointer pcm);

    private static native long snd_pcm_writei(Pointer pcm, ByteBuffer frames, long count);

    private static native long snd_pcm_readi(Pointer pcm, ByteBuffer frames, long count);

    private static native int snd_pcm_delay(Pointer pcm, long[] frames);

    private static native int snd_pcm_recover(Pointer pcm, int error, int silent);

    private static native int snd_pcm_state(Pointer pcm);

    private static native int snd_pcm_start(Pointer pcm);

    private static native int snd_pcm_drop(Pointer pcm);

    private static native int snd_pcm_prepare(Pointer pcm);

    private static native int snd_lib_error_set_handler(Pointer handler);

    private static native String snd_strerror(int error);

    /** @throws AlsaException with ALSA's own words; may block for as long as a device takes */
    static Pointer open(String name, Direction direction, SampleFormat format, int channels, int rateHz, int latencyUs)
            throws AlsaException {
        Pointer pcm = opened(name, direction);
        int refused = snd_pcm_set_params(pcm, code(format), INTERLEAVED, channels, rateHz, RESAMPLE, latencyUs);
        if (refused < 0) {
            snd_pcm_close(pcm);
            // Hardware takes what it takes; the plug in front of it converts.
            pcm = opened("plug:'" + name + "'", direction);
            refused = snd_pcm_set_params(pcm, code(format), INTERLEAVED, channels, rateHz, RESAMPLE, latencyUs);
            if (refused < 0) {
                snd_pcm_close(pcm);
                throw new AlsaException(snd_strerror(refused));
            }
        }
        return pcm;
    }

    private static Pointer opened(String name, Direction direction) throws AlsaException {
        PointerByReference pcm = new PointerByReference();
        int failed = snd_pcm_open(pcm, name, direction.code, NONBLOCK);
        if (failed < 0) {
            throw new AlsaException(snd_strerror(failed));
        }
        return pcm.getValue();
    }

    static void close(Pointer pcm) {
        snd_pcm_close(pcm);
    }

    /** Fills its buffer from now on, where it does not. */
    static void record(Pointer pcm) {
        if (snd_pcm_state(pcm) == PREPARED) {
            snd_pcm_start(pcm);
        }
    }

    /** @param frames direct, from its position on; @return frames read */
    static long read(Pointer pcm, ByteBuffer frames, long count) {
        long got = snd_pcm_readi(pcm, frames.slice(), count);
        return got == EAGAIN || (got < 0 && snd_pcm_recover(pcm, (int) got, 1) >= 0) ? 0 : got;
    }

    /** @return frames that can be written, or read, now */
    static long room(Pointer pcm) {
        long frames = snd_pcm_avail(pcm);
        return frames >= 0 || snd_pcm_recover(pcm, (int) frames, 1) < 0 ? frames : snd_pcm_avail(pcm);
    }

    /** @param frames direct, from its position on; @return frames taken */
    static long write(Pointer pcm, ByteBuffer frames, long count) {
        long taken = snd_pcm_writei(pcm, frames.slice(), count);
        if (taken < 0 && taken != EAGAIN && snd_pcm_recover(pcm, (int) taken, 1) >= 0) {
            taken = snd_pcm_writei(pcm, frames.slice(), count);
        }
        if (taken > 0 && snd_pcm_state(pcm) == PREPARED) {
            // Else it waits for a full buffer.
            snd_pcm_start(pcm);
        }
        return taken;
    }

    /** @return frames written and not yet heard */
    static long delay(Pointer pcm) {
        long[] frames = new long[1];
        return snd_pcm_delay(pcm, frames) < 0 ? 0 : Math.max(0, frames[0]);
    }

    static void drop(Pointer pcm) {
        snd_pcm_drop(pcm);
        snd_pcm_prepare(pcm);
    }

    static String words(long error) {
        return snd_strerror((int) error);
    }

    private static int code(SampleFormat format) {
        return switch (format) {
            case U8 -> 1;
            case S16LE -> 2;
            case S16BE -> 3;
            case S24_32LE -> 6;
            case S24_32BE -> 7;
            case S32LE -> 10;
            case S32BE -> 11;
            case FLOAT32LE -> 14;
            case FLOAT32BE -> 15;
            case ULAW -> 20;
            case ALAW -> 21;
            case S24LE -> 32;
            case S24BE -> 33;
        };
    }

    /** A device that does not do as it is told. */
    static final class AlsaException extends Exception {
        AlsaException(String message) {
            super(message);
        }
    }
}
