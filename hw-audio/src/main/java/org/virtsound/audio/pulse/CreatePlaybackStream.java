package org.virtsound.audio.pulse;

import static org.virtsound.audio.pulse.StreamFlag.ADJUST_LATENCY;
import static org.virtsound.audio.pulse.StreamFlag.CORKED;
import static org.virtsound.audio.pulse.StreamFlag.DONT_INHIBIT_AUTO_SUSPEND;
import static org.virtsound.audio.pulse.StreamFlag.EARLY_REQUESTS;
import static org.virtsound.audio.pulse.StreamFlag.FAIL_ON_SUSPEND;
import static org.virtsound.audio.pulse.StreamFlag.MUTED;
import static org.virtsound.audio.pulse.StreamFlag.MUTED_SET;
import static org.virtsound.audio.pulse.StreamFlag.PASSTHROUGH;
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
 * Opens a playback stream; answered by {@link Answer.PlaybackOpened}. Null stands for a value that is unset or that no server
 * would take: with no {@code formats}, spec, map and volume are needed, with equal channels, else ERROR INVALID is the answer.
 *
 * <p>Source: native-protocol.md, 6.1.
 *
 * @param sinkIndex {@link Command#NONE} for none; index or name, not both
 * @param attr {@code fragSize} is not sent
 * @param syncId streams of one id start together
 * @param formats what the client can play, best first; version 21 on
 */
public record CreatePlaybackStream(
        @Nullable SampleSpec spec,
        @Nullable ChannelMap map,
        int sinkIndex,
        @Nullable String sinkName,
        BufferAttr attr,
        Set<StreamFlag> flags,
        int syncId,
        @Nullable ChannelVolumes volume,
        Proplist properties,
        List<FormatInfo> formats)
        implements Request {
    public CreatePlaybackStream {
        flags = Set.copyOf(flags);
        formats = List.copyOf(formats);
    }

    @Override
    public Opcode opcode() {
        return Opcode.CREATE_PLAYBACK_STREAM;
    }

    @Override
    public void encode(TagWriter out, int version) {
        out.sampleSpec(spec).channelMap(map).u32(sinkIndex).string(sinkName);
        out.u32(attr.maxLength()).flag(flags, CORKED);
        out.u32(attr.tLength()).u32(attr.prebuf()).u32(attr.minReq());
        out.u32(syncId).channelVolumes(volume);
        out.conversionFlags(flags);
        out.flag(flags, MUTED).flag(flags, ADJUST_LATENCY).proplist(properties);
        if (version >= 14) {
            out.flag(flags, VOLUME_SET).flag(flags, EARLY_REQUESTS);
        }
        if (version >= 15) {
            out.flag(flags, MUTED_SET).flag(flags, DONT_INHIBIT_AUTO_SUSPEND).flag(flags, FAIL_ON_SUSPEND);
        }
        if (version >= 17) {
            out.flag(flags, RELATIVE_VOLUME);
        }
        if (version >= 18) {
            out.flag(flags, PASSTHROUGH);
        }
        if (version >= 21) {
            out.formats(formats);
        }
    }

    public static CreatePlaybackStream decode(TagReader in, int version) {
        EnumSet<StreamFlag> flags = EnumSet.noneOf(StreamFlag.class);
        SampleSpec spec = in.sampleSpecOrNull();
        ChannelMap map = in.channelMapOrNull();
        int sinkIndex = in.u32();
        String sinkName = in.stringOrNull();
        int maxLength = in.u32();
        in.flag(flags, CORKED);
        BufferAttr attr = BufferAttr.playback(maxLength, in.u32(), in.u32(), in.u32());
        int syncId = in.u32();
        ChannelVolumes volume = in.channelVolumesOrNull();
        in.conversionFlags(flags);
        in.flag(flags, MUTED);
        in.flag(flags, ADJUST_LATENCY);
        Proplist properties = in.proplist();
        if (version >= 14) {
            in.flag(flags, VOLUME_SET);
            in.flag(flags, EARLY_REQUESTS);
        } else {
            // Before there was a choice the volume counted.
            flags.add(VOLUME_SET);
        }
        if (version >= 15) {
            in.flag(flags, MUTED_SET);
            in.flag(flags, DONT_INHIBIT_AUTO_SUSPEND);
            in.flag(flags, FAIL_ON_SUSPEND);
        }
        if (version >= 17) {
            in.flag(flags, RELATIVE_VOLUME);
        }
        if (version >= 18) {
            in.flag(flags, PASSTHROUGH);
        }
        List<FormatInfo> formats = version >= 21 ? in.formats() : List.of();
        in.end();
        return new CreatePlaybackStream(
                spec, map, sinkIndex, sinkName, attr, flags, syncId, volume, properties, formats);
    }
}
