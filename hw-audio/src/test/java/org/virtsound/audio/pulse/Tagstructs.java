package org.virtsound.audio.pulse;

/** Walks over any tagstruct. */
final class Tagstructs {
    private Tagstructs() {}

    /** Reads the next value, whatever it is, and writes it again. */
    static void copyValue(TagReader in, TagWriter out) {
        switch (in.peek()) {
            case Tag.STRING, Tag.STRING_NULL -> out.string(in.stringOrNull());
            case Tag.U32 -> out.u32(in.u32());
            case Tag.U8 -> out.u8(in.u8());
            case Tag.U64 -> out.u64(in.u64());
            case Tag.S64 -> out.s64(in.s64());
            case Tag.SAMPLE_SPEC -> out.sampleSpec(in.sampleSpecOrNull());
            case Tag.ARBITRARY -> out.arbitrary(in.arbitrary());
            case Tag.TRUE, Tag.FALSE -> out.bool(in.bool());
            case Tag.TIMEVAL -> out.timeval(in.timeval());
            case Tag.USEC -> out.usec(in.usec());
            case Tag.CHANNEL_MAP -> out.channelMap(in.channelMapOrNull());
            case Tag.CVOLUME -> out.channelVolumes(in.channelVolumesOrNull());
            case Tag.VOLUME -> out.volume(in.volume());
            case Tag.PROPLIST -> out.proplist(in.proplist());
            case Tag.FORMAT_INFO -> out.formatInfo(in.formatInfo());
            default -> throw new ProtocolException("value's type: 0x%02x (expected: a known one)".formatted(in.peek()));
        }
    }
}
