package org.virtsound.audio.guest;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import org.virtsound.audio.relay.RelayConnection;
import org.virtsound.audio.vchan.Vchan;

/**
 * One life of a Qubes guest's agent: from both channels open to the first of them closed. Owned by the audio loop.
 *
 * <p>Source: qubes-audio.md, 3 and 5.
 */
final class QubesSession {
    /** After codes were read: a flood of them costs 200 reads a second. */
    private static final int REST_MS = 5;

    /** From one start of the microphone to the next. */
    private static final long MIC_APART_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** What is left in the ring of an agent that has gone is played for so long. */
    private static final int LEAVE_MS = 1_000;

    private final EventLoop loop;
    private final RelayConnection connection;
    private final Vchan playbackChannel;
    private final Vchan captureChannel;
    private final Runnable whenOver;
    private final QubesCodes codes = new QubesCodes();
    private final QubesPlayback playback;
    private final QubesCapture capture;
    private boolean resting;
    private boolean leaving;
    private boolean over;
    private boolean micPending;
    private long micStartedNanos = System.nanoTime() - MIC_APART_NANOS;

    /** @param whenOver the channels are closed; another session may begin */
    QubesSession(
            EventLoop loop,
            RelayConnection connection,
            Vchan playbackChannel,
            Vchan captureChannel,
            Runnable whenOver) {
        this.loop = loop;
        this.connection = connection;
        this.playbackChannel = playbackChannel;
        this.captureChannel = captureChannel;
        this.whenOver = whenOver;
        playback = new QubesPlayback(loop, connection, playbackChannel, this::end);
        capture = new QubesCapture(connection, captureChannel);
    }

    void start() {
        playback.open();
        captureRung();
    }

    void playbackRung() {
        if (!over) {
            playback.pump();
            leaveIfClosed();
        }
    }

    void captureRung() {
        if (!over) {
            readCodes();
            capture.flush();
            leaveIfClosed();
        }
    }

    private void readCodes() {
        if (resting || codes.read(captureChannel) <= 0) {
            return;
        }
        resting = true;
        loop.schedule(this::rested, REST_MS, TimeUnit.MILLISECONDS);
        playback.playing(codes.playing());
        followMic();
    }

    private void rested() {
        resting = false;
        captureRung();
    }

    private void followMic() {
        if (over || leaving || micPending || codes.micWanted() == capture.isOn()) {
            return;
        }
        if (!codes.micWanted()) {
            capture.stop();
            return;
        }
        long sinceNanos = System.nanoTime() - micStartedNanos;
        if (sinceNanos >= MIC_APART_NANOS) {
            micStartedNanos = System.nanoTime();
            capture.start();
        } else {
            micPending = true;
            loop.schedule(
                    () -> {
                        micPending = false;
                        followMic();
                    },
                    MIC_APART_NANOS - sinceNanos,
                    TimeUnit.NANOSECONDS);
        }
    }

    private void leaveIfClosed() {
        if (over || leaving || (playbackChannel.isOpen() && captureChannel.isOpen())) {
            return;
        }
        leaving = true;
        capture.stop();
        loop.schedule(this::end, LEAVE_MS, TimeUnit.MILLISECONDS);
        playback.leave();
    }

    /** The peer broke the protocol: it is let go at once. */
    void broken(String detail) {
        if (!over) {
            connection.broken("protocol", detail);
            end();
        }
    }

    private void end() {
        if (over) {
            return;
        }
        closeChannels();
        playback.finish(connection::close);
        whenOver.run();
    }

    /** Ends it at once, and quietly. */
    void close() {
        if (!over) {
            closeChannels();
            playback.close();
            connection.close();
        }
    }

    private void closeChannels() {
        over = true;
        capture.stop();
        capture.release();
        codes.release();
        playbackChannel.close();
        captureChannel.close();
    }
}
