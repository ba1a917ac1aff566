package org.virtsound.audio.relay;

/**
 * How much of the audio loop, and of the host's attention, one guest may take: two buckets that fill with time. A guest that is
 * over is not read from for a while, so its flood waits in its own kernel. Owned by the audio loop.
 */
final class LoopShare {
    /** Of the loop's time. Sixty streams of 20 ms need about a tenth. */
    private static final double SHARE = 0.3;

    private static final double BURST_NANOS = 20e6;
    private static final double COMMANDS_PER_NANO = 2_000 / 1e9;
    private static final double BURST_COMMANDS = 2_000;
    private static final double OPENINGS_PER_NANO = 20 / 1e9;
    private static final double BURST_OPENINGS = 64;

    private double nanos = BURST_NANOS;
    private double commands = BURST_COMMANDS;
    private double openings = BURST_OPENINGS;
    private long filledAt = System.nanoTime();

    void spent(long loopNanos) {
        nanos -= (double) loopNanos;
    }

    void command() {
        commands--;
    }

    /** @return false where streams are opened faster than anybody needs who listens to them */
    boolean mayOpen() {
        fill();
        if (openings < 1) {
            return false;
        }
        openings--;
        return true;
    }

    boolean isOver() {
        fill();
        return nanos < 0 || commands < 0;
    }

    private void fill() {
        long now = System.nanoTime();
        double passed = (double) (now - filledAt);
        filledAt = now;
        nanos = Math.min(BURST_NANOS, nanos + passed * SHARE);
        commands = Math.min(BURST_COMMANDS, commands + passed * COMMANDS_PER_NANO);
        openings = Math.min(BURST_OPENINGS, openings + passed * OPENINGS_PER_NANO);
    }
}
