package org.virtsound.audio.vchan;

import java.util.ArrayList;
import java.util.List;

/** Frames over time, as a straight line through what was noted from the fifth second on. */
final class Rate {
    private static final double SETTLE_S = 5;

    private final List<double[]> points = new ArrayList<>();
    private final long startNanos = System.nanoTime();

    synchronized void note(long frames) {
        points.add(new double[] {(System.nanoTime() - startNanos) / 1e9, frames});
    }

    synchronized double seconds() {
        return points.isEmpty() ? 0 : points.get(points.size() - 1)[0];
    }

    /** @return frames a second */
    synchronized double perSecond() {
        List<double[]> settled = points.stream().filter(p -> p[0] >= SETTLE_S).toList();
        double meanS = settled.stream().mapToDouble(p -> p[0]).average().orElse(Double.NaN);
        double meanFrames = settled.stream().mapToDouble(p -> p[1]).average().orElse(Double.NaN);
        double covariance = 0;
        double variance = 0;
        for (double[] p : settled) {
            covariance += (p[0] - meanS) * (p[1] - meanFrames);
            variance += (p[0] - meanS) * (p[0] - meanS);
        }
        return covariance / variance;
    }
}
