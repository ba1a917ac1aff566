package org.virtsound.audio.bench;

/**
 * One candidate at one number of streams, in one turn or in several.
 *
 * @param roundTrips of GET_PLAYBACK_LATENCY
 * @param commands round trips of TRIGGER, which every way has to pass on
 * @param clockUs within which nine of ten answers lie that tell what is heard, of the worst stream in the worst turn
 * @param cpuNs of the process in between, over {@code seconds}
 * @param serverCpuNs of PulseAudio
 * @param allocatedBytes by the process in between meanwhile; 0 where it is no JVM
 * @param playedBytes of audio meanwhile; 0 where it is no JVM
 */
record Measured(
        String name,
        int streams,
        double seconds,
        Samples roundTrips,
        Samples commands,
        double clockUs,
        int underflows,
        int lost,
        long cpuNs,
        long serverCpuNs,
        long residentKib,
        long allocatedBytes,
        long playedBytes) {

    /** What PulseAudio asks for at a time at this latency. */
    private static final double BLOCK_BYTES = 960;

    /** @return both turns as one */
    Measured plus(Measured other) {
        return new Measured(
                name,
                streams,
                seconds + other.seconds,
                roundTrips.plus(other.roundTrips),
                commands.plus(other.commands),
                Math.max(clockUs, other.clockUs),
                underflows + other.underflows,
                lost + other.lost,
                cpuNs + other.cpuNs,
                serverCpuNs + other.serverCpuNs,
                Math.max(residentKib, other.residentKib),
                allocatedBytes + other.allocatedBytes,
                playedBytes + other.playedBytes);
    }

    double cpuPerStreamHour() {
        return perStreamHour(cpuNs);
    }

    double serverCpuPerStreamHour() {
        return perStreamHour(serverCpuNs);
    }

    /** @return NaN where it is no JVM */
    double allocatedPerBlock() {
        return allocatedBytes / (playedBytes / BLOCK_BYTES);
    }

    private double perStreamHour(long ns) {
        return ns / 1e9 / seconds / streams * 3600;
    }
}
