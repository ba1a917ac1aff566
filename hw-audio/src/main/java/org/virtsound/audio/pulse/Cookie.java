package org.virtsound.audio.pulse;

import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The 256 bytes by which a PulseAudio server knows its user's clients; never printed. */
public final class Cookie {
    public static final int BYTES = 256;
    /** For servers that do not look at it. */
    public static final Cookie ZERO = new Cookie(new byte[BYTES]);

    private final byte[] bytes;

    private Cookie(byte[] bytes) {
        this.bytes = bytes;
    }

    /** @throws IllegalArgumentException when it is not 256 bytes long */
    public static Cookie of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("cookie's length: " + bytes.length + " (expected: " + BYTES + ")");
        }
        return new Cookie(bytes.clone());
    }

    /** @return not to be changed */
    byte[] bytes() {
        return bytes;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Cookie that && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "Cookie";
    }
}
