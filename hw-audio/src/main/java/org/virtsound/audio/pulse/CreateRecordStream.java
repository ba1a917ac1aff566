package org.virtsound.audio.pulse;

import static org.virtsound.audio.pulse.StreamFlag.ADJUST_LATENCY;
import static org.virtsound.audio.pulse.StreamFlag.CORKED;
import static org.virtsound.audio.pulse.StreamFlag.DONT_INHIBIT_AUTO_SUSPEND;
import static org.virtsound.audio.pulse.StreamFlag.EARLY_REQUESTS;
import static org.virtsound.audio.pulse.StreamFlag.FAIL_ON_SUSPEND;
import static org.virtsound.audio.pulse.StreamFlag.MUTED;
import static org.virtsound.audio.pulse.StreamFlag.MUTED_SET;
import static org.virtsound.audio.pulse.StreamFlag.PASSTHROUGH;
import static org.virtsound.audio.pulse.StreamFlag.PEAK_DETECT;
import static org.virtsound.audio.pulse.StreamFlag.RELATIVE_VOLUME;
import static org.virtsound.audio.pulse.StreamFlag.VOLUME_SET;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelMap;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.SampleSpec;

/**
 * Opens a record stream; answered by {@link Answer.RecordOpened}. Null stands for a value that is unset or that no server would
 * take: with no {@code formats}, spec and map are needed, with equal channels, else ERROR INVALID is the answer.
 *
 * <p>Source: native-protocol.md, 6.2.
 *
 * @param sourceIndex {@link Command#NONE} for none; index or name, not both
 * @param attr {@code maxLength} and {@code fragSize}; the rest is not sent
 * @param directOnInput the one sink input to listen to, {@link Command#NONE} for the source itself
 * @param formats what the client can take, best first; version 22 on, as are volume and mute
 */
public record CreateRecordStream(
        @Nullable SampleSpec spec,
        @Nullable ChannelMap map,
        int sourceIndex,
        @Nullable String sourceName,
        BufferAttr attr,
        Set<StreamFlag> flags,
        Proplist properties,
        int directOnInput,
        List<FormatInfo> formats,
        @Nullable ChannelVolumes volume)
        implements Request {
    public CreateRecordStream {
        flags = Set.copyOf(flags);
        formats = List.copyOf(formats);
    }

    @Override
    public Opcode opcode() {
        return Opcode.CREATE_RECORD_STREAM;
    }

    @Override
    public void encode(TagWriter out, int version) {
        out.sampleSpec(spec).channelMap(map).u32(sourceIndex).string(sourceName);
        out.u32(attr.maxLength()).flag(flags, CORKED).u32(attr.fragSize());
        out.conversionFlags(flags);
        out.flag(flags, PEAK_DETECT)
                .flag(flags, ADJUST_LATENCY)
                .proplist(properties)
                .u32(directOnInput);
        if (version >= 14) {
            out.flag(flags, EARLY_REQUESTS);
        }
        if (version >= 15) {
            out.flag(flags, DONT_INHIBIT_AUTO_SUSPEND).flag(flags, FAIL_ON_SUSPEND);
        }
        if (version >= 22) {
            out.formats(formats).channelVolumes(volume);
            out.flag(flags, MUTED).flag(flags, VOLUME_SET).flag(flags, MUTED_SET);
            out.flag(flags, RELATIVE_VOLUME).flag(flags, PASSTHROUGH);
        }
    }

    public static CreateRecordStream decode(TagReader in, int version) {
        EnumSet<StreamFlag> flags = EnumSet.noneOf(StreamFlag.class);
        SampleSpec spec = in.sampleSpecOrNull();
        ChannelMap map = in.channelMapOrNull();
        int sourceIndex = in.u32();
        String sourceName = in.stringOrNull();
        int maxLength = in.u32();
        in.flag(flags, CORKED);
        BufferAttr attr = BufferAttr.record(maxLength, in.u32());
        in.conversionFlags(flags);
        in.flag(flags, PEAK_DETECT);
        in.flag(flags, ADJUST_LATENCY);
        Proplist properties = in.proplist();
        int directOnInput = in.u32();
        if (version >= 14) {
            in.flag(flags, EARLY_REQUESTS);
        }
        if (version >= 15) {
            in.flag(flags, DONT_INHIBIT_AUTO_SUSPEND);
            in.flag(flags, FAIL_ON_SUSPEND);
        }
        List<FormatInfo> formats = List.of();
        ChannelVolumes volume = null;
        if (version >= 22) {
            formats = in.formats();
            volume = in.channelVolumesOrNull();
            in.flag(flags, MUTED);
            in.flag(flags, VOLUME_SET);
            in.flag(flags, MUTED_SET);
            in.flag(flags, RELATIVE_VOLUME);
            in.flag(flags, PASSTHROUGH);
        }
        in.end();
        return new CreateRecordStream(
                spec, map, sourceIndex, sourceName, attr, flags, properties, directOnInput, formats, volume);
    }
}
