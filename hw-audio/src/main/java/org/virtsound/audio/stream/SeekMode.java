package org.virtsound.audio.stream;

/** Where a block's offset counts from; the ordinal is the number on the wire (native-protocol.md, 1). */
public enum SeekMode {
    RELATIVE,
    ABSOLUTE,
    RELATIVE_ON_READ,
    RELATIVE_END;

    private static final SeekMode[] BY_CODE = values();

    /** @return the number on the wire */
    @SuppressWarnings("EnumOrdinal") // declared in the order of the wire
    public int code() {
        return ordinal();
    }

    /**
     * @param code 0..3
     * @throws IllegalArgumentException for any other code
     */
    public static SeekMode of(int code) {
        if (code < 0 || code >= BY_CODE.length) {
            throw new IllegalArgumentException("seek mode: " + code + " (expected: 0..3)");
        }
        return BY_CODE[code];
    }
}
