package org.virtsound.audio.pulse;

import java.util.Objects;

/**
 * A format that a stream may have or has (native-protocol.md, 2.1).
 *
 * @param encoding 0 any, {@link #PCM}, 2 and more compressed
 * @param properties {@code format.*}, each value a piece of JSON; {@link PcmFormat} knows those of PCM
 */
public record FormatInfo(int encoding, Proplist properties) {
    public static final int PCM = 1;
    /** PCM with nothing said about it: where the version has no format, and what pipewire-pulse always sends. */
    public static final FormatInfo UNSAID = new FormatInfo(PCM, Proplist.EMPTY);

    public FormatInfo {
        if (encoding < 0 || encoding > 0xFF) {
            throw new IllegalArgumentException("encoding: " + encoding + " (expected: 0..255)");
        }
        Objects.requireNonNull(properties, "properties is null");
    }
}
