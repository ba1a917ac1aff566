package org.virtsound.audio.stream;

/**
 * PCM sample formats; the ordinal is the number on the wire.
 *
 * <p>Source: native-protocol.md, 2.1.
 */
public enum SampleFormat {
    U8(1, "u8"),
    ALAW(1, "aLaw"),
    ULAW(1, "uLaw"),
    S16LE(2, "s16le"),
    S16BE(2, "s16be"),
    FLOAT32LE(4, "float32le"),
    FLOAT32BE(4, "float32be"),
    S32LE(4, "s32le"),
    S32BE(4, "s32be"),
    S24LE(3, "s24le"),
    S24BE(3, "s24be"),
    S24_32LE(4, "s24-32le"),
    S24_32BE(4, "s24-32be");

    private static final SampleFormat[] BY_CODE = values();

    private final int sizeBytes;
    private final String pulseName;

    SampleFormat(int sizeBytes, String pulseName) {
        this.sizeBytes = sizeBytes;
        this.pulseName = pulseName;
    }

    /** @return the number on the wire */
    @SuppressWarnings("EnumOrdinal") // declared in the order of the wire
    public int code() {
        return ordinal();
    }

    /** @return bytes of one sample of one channel */
    public int sizeBytes() {
        return sizeBytes;
    }

    /** @return PulseAudio's spelling, as in {@code format.sample_format} */
    public String pulseName() {
        return pulseName;
    }

    /** @return the byte that, repeated, is digital silence (0x80 for u8, 0xD5 A-law, 0xFF mu-law, else 0) */
    public byte silence() {
        return switch (this) {
            case U8 -> (byte) 0x80;
            case ALAW -> (byte) 0xD5;
            case ULAW -> (byte) 0xFF;
            default -> 0;
        };
    }

    /**
     * @param code the wire's format byte, 0..255
     * @return the format
     * @throws IllegalArgumentException when there is no such format
     */
    public static SampleFormat of(int code) {
        if (code < 0 || code >= BY_CODE.length) {
            throw new IllegalArgumentException(
                    "sample format: " + code + " (expected: 0.." + (BY_CODE.length - 1) + ")");
        }
        return BY_CODE[code];
    }
}
