package org.virtsound.audio.bench;

import java.util.Arrays;

/** Measured times, all of them kept; owned by the load's thread. */
final class Samples {
    private long[] valuesNs = new long[1 << 12];
    private int count;

    void add(long valueNs) {
        if (count == valuesNs.length) {
            valuesNs = Arrays.copyOf(valuesNs, count * 2);
        }
        valuesNs[count++] = valueNs;
    }

    /** @return the values of both */
    Samples plus(Samples other) {
        Samples sum = new Samples();
        sum.valuesNs = Arrays.copyOf(valuesNs, valuesNs.length + other.count);
        System.arraycopy(other.valuesNs, 0, sum.valuesNs, count, other.count);
        sum.count = count + other.count;
        return sum;
    }

    void clear() {
        count = 0;
    }

    int count() {
        return count;
    }

    /** @return microseconds below which {@code percent} of the values lie; NaN where there are none */
    double percentileUs(double percent) {
        if (count == 0) {
            return Double.NaN;
        }
        long[] sorted = Arrays.copyOf(valuesNs, count);
        Arrays.sort(sorted);
        return sorted[(int) Math.min(count - 1, Math.floor(count * percent / 100))] / 1000.0;
    }
}
