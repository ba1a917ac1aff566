package org.virtsound.audio.stream;

/** The protocol's own errors; the ordinal is the number on the wire (native-protocol.md, 2.1). */
public enum ErrorCode {
    OK,
    ACCESS,
    COMMAND,
    INVALID,
    EXIST,
    NOENTITY,
    CONNECTIONREFUSED,
    PROTOCOL,
    TIMEOUT,
    AUTHKEY,
    INTERNAL,
    CONNECTIONTERMINATED,
    KILLED,
    INVALIDSERVER,
    MODINITFAILED,
    BADSTATE,
    NODATA,
    VERSION,
    TOOLARGE,
    NOTSUPPORTED,
    UNKNOWN,
    NOEXTENSION,
    OBSOLETE,
    NOTIMPLEMENTED,
    FORKED,
    IO,
    BUSY;

    private static final ErrorCode[] BY_CODE = values();

    /** @return the number on the wire */
    @SuppressWarnings("EnumOrdinal") // declared in the order of the wire
    public int code() {
        return ordinal();
    }

    /** @return the error of that number; {@link #UNKNOWN} for numbers that this version does not know, and for 0 */
    public static ErrorCode of(int code) {
        return code <= 0 || code >= BY_CODE.length ? UNKNOWN : BY_CODE[code];
    }
}
