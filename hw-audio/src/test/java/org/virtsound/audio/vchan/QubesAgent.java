package org.virtsound.audio.vchan;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * A guest's audio agent, as Qubes' two behave on the wire (qubes-audio.md, 1, 3 and 4). It plays numbered frames while told to play
 * and counts what its microphone hears; when the client goes it serves again. Commands are for any thread.
 */
final class QubesAgent implements AutoCloseable {
    static final int MIC_WANTED = 0x00010001;
    static final int MIC_UNWANTED = 0x00010000;
    static final int UNCORK = 0x00020001;
    static final int CORK = 0x00020000;
    private static final int HELLO = 0x00010004;
    private static final int RATE = 44_100;
    private static final int TARGET_BYTES = 8192;
    private static final int QUANTUM = 1024;
    private static final long LOOK_NANOS = 500_000;

    enum Kind {
        /** Has no timer: renders whenever its ring has room, silence if need be. Says nothing on connecting. */
        PULSEAUDIO(8192, 8192),
        PULSEAUDIO_OLD(2048, 2048),
        /** Driven by a timer that it corrects so as to hold its ring at 8192 bytes. Says all on connecting. */
        PIPEWIRE(65_536, 1 << 20);

        final int playbackRingBytes;
        final int captureRingBytes;

        Kind(int playbackRingBytes, int captureRingBytes) {
            this.playbackRingBytes = playbackRingBytes;
            this.captureRingBytes = captureRingBytes;
        }
    }

    private final Kind kind;
    private final AgentTransport transport;
    private final Thread thread;
    private final ConcurrentLinkedQueue<Integer> codes = new ConcurrentLinkedQueue<>();
    private final byte[] pcm = new byte[65_536];
    private final byte[] heardPcm = new byte[8192];
    private volatile boolean stopped;
    private volatile boolean playing;
    private volatile boolean corked;
    private volatile boolean micWanted;

    volatile int connects;
    volatile long playedFrames;
    volatile int overruns;
    volatile FrameCounter mic = new FrameCounter();
    volatile Rate rate = new Rate();
    /** The number of the last frame played. */
    private volatile int number;

    private long nextNanos;
    private double z1;
    private double z2;
    private double z3;

    QubesAgent(Kind kind, AgentTransport transport) {
        this.kind = kind;
        this.transport = transport;
        corked = kind == Kind.PIPEWIRE;
        thread = new Thread(this::serve, "agent");
        thread.setDaemon(true);
        thread.start();
    }

    /** Applications start to play. */
    void play() {
        playing = true;
        if (corked) {
            corked = false;
            codes.add(UNCORK);
        }
    }

    /** Applications stop; a PulseAudio agent goes on with silence until it is {@link #idle}. */
    void pause() {
        playing = false;
        if (kind == Kind.PIPEWIRE) {
            idle();
        }
    }

    /** Nobody has played for a while. */
    void idle() {
        playing = false;
        corked = true;
        codes.add(CORK);
    }

    void wantMic(boolean wanted) {
        micWanted = wanted;
        codes.add(wanted ? MIC_WANTED : MIC_UNWANTED);
    }

    /** Counts the microphone, and the pace, anew. */
    void count() {
        mic = new FrameCounter();
        rate = new Rate();
    }

    int number() {
        return number;
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve() {
        while (!stopped) {
            try (AgentChannel playback = transport.serve(4713, 128, kind.playbackRingBytes);
                    AgentChannel capture = transport.serve(4714, kind.captureRingBytes, 128)) {
                while (!stopped && !(playback.connected() & capture.connected())) {
                    LockSupport.parkNanos(LOOK_NANOS);
                }
                if (!stopped) {
                    connects++;
                    connected(playback, capture);
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void connected(AgentChannel playback, AgentChannel capture) {
        codes.clear();
        if (kind == Kind.PIPEWIRE) {
            say(capture, HELLO, micWanted ? MIC_WANTED : MIC_UNWANTED, corked ? CORK : UNCORK);
        }
        count();
        nextNanos = System.nanoTime();
        z1 = z2 = z3 = 0;
        long framesThisLife = 0;
        long notedMs = 0;
        while (!stopped) {
            for (Integer code; (code = codes.poll()) != null; ) {
                say(capture, code);
            }
            int played = corked ? 0 : kind == Kind.PIPEWIRE ? playByTimer(playback) : playIntoRoom(playback);
            int heard;
            while ((heard = capture.read(heardPcm)) > 0) {
                mic.hear(heardPcm, heard);
            }
            if (played < 0 || heard < 0 || playback.read(heardPcm) < 0) {
                return;
            }
            playedFrames += played;
            framesThisLife += played;
            long nowMs = System.nanoTime() / 10_000_000;
            if (nowMs != notedMs) {
                notedMs = nowMs;
                rate.note(framesThisLife - playback.unread() / FrameCounter.FRAME_BYTES);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private static void say(AgentChannel capture, int... words) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            bytes.putInt(word);
        }
        capture.write(bytes.array(), 0, bytes.capacity());
    }

    private int playIntoRoom(AgentChannel playback) {
        int frames = playback.space() / FrameCounter.FRAME_BYTES;
        return frames == 0 ? 0 : render(playback, frames);
    }

    private int playByTimer(AgentChannel playback) {
        long now = System.nanoTime();
        if (now < nextNanos) {
            return 0;
        }
        int fillError = Math.max(-1024, Math.min(1024, TARGET_BYTES - playback.unread()));
        double faster = delayLocked(fillError / (double) FrameCounter.FRAME_BYTES);
        nextNanos += (long) (QUANTUM * 1e9 / RATE / faster);
        if (playback.space() < QUANTUM * FrameCounter.FRAME_BYTES) {
            overruns++;
            return 0;
        }
        return render(playback, QUANTUM);
    }

    /** A second-order loop of bandwidth 0.016: how much faster than nominal, for a ring that is short of {@code errorFrames}. */
    private double delayLocked(double errorFrames) {
        double w = 2 * Math.PI * 0.016 * QUANTUM / RATE;
        double w0 = 1 - Math.exp(-20 * w);
        double w1 = w * 1.5 / QUANTUM;
        double w2 = w / 1.5;
        z1 += w0 * (w1 * errorFrames - z1);
        z2 += w0 * (z1 - z2);
        z3 += w2 * z2;
        return 1 + z2 + z3;
    }

    private int render(AgentChannel playback, int wantedFrames) {
        int frames = Math.min(wantedFrames, pcm.length / FrameCounter.FRAME_BYTES);
        boolean numbered = playing;
        if (numbered) {
            FrameCounter.fill(pcm, frames, number);
        } else {
            Arrays.fill(pcm, 0, frames * FrameCounter.FRAME_BYTES, (byte) 0);
        }
        int put = playback.write(pcm, 0, frames * FrameCounter.FRAME_BYTES);
        if (put > 0 && numbered) {
            number += put / FrameCounter.FRAME_BYTES;
        }
        return put < 0 ? -1 : put / FrameCounter.FRAME_BYTES;
    }
}
