package org.virtsound.audio.pulse;

/** The type bytes of tagstruct values (native-protocol.md, 2.1). */
final class Tag {
    static final byte STRING = 't';
    static final byte STRING_NULL = 'N';
    static final byte U32 = 'L';
    static final byte U8 = 'B';
    static final byte U64 = 'R';
    static final byte S64 = 'r';
    static final byte SAMPLE_SPEC = 'a';
    static final byte ARBITRARY = 'x';
    static final byte TRUE = '1';
    static final byte FALSE = '0';
    static final byte TIMEVAL = 'T';
    static final byte USEC = 'U';
    static final byte CHANNEL_MAP = 'm';
    static final byte CVOLUME = 'v';
    static final byte VOLUME = 'V';
    static final byte PROPLIST = 'P';
    static final byte FORMAT_INFO = 'f';

    private Tag() {}
}
