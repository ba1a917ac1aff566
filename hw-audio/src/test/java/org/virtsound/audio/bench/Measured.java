package org.virtsound.audio.bench;

/**
 * One candidate at one number of streams.
 *
 * @param roundTrips of GET_PLAYBACK_LATENCY
 * @param commands round trips of TRIGGER, which every way has to pass on
 * @param clockUs within which nine of ten answers lie that tell what is heard, of the worst stream
 * @param cpuNs of the process in between, over {@code seconds}
 * @param serverCpuNs of PulseAudio
 * @param blocks of audio that were played meanwhile
 * @param allocatedPerBlock bytes; NaN where it is no JVM
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
        double allocatedPerBlock) {

    double cpuPerStreamHour() {
        return perStreamHour(cpuNs);
    }

    double serverCpuPerStreamHour() {
        return perStreamHour(serverCpuNs);
    }

    private double perStreamHour(long ns) {
        return ns / 1e9 / seconds / streams * 3600;
    }
}
