package org.virtsound.audio.pulse;

import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.ChannelMap;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.SampleSpec;

/**
 * A sink input or a source output, as GET_SINK_INPUT_INFO and GET_SOURCE_OUTPUT_INFO tell it.
 *
 * <p>Source: native-protocol.md, 8. The two carry the same in another order; {@code corked} from version 19 on; of a sink input
 * {@code hasVolume} and {@code volumeWritable} from 20, format from 21 on; of a source output those, volume and mute from 22 on.
 *
 * @param clientIndex whose stream it is, -1 for a module's
 * @param deviceIndex the sink or source
 * @param volume null where the packet has none that counts (no channels)
 */
public record StreamInfo(
        int index,
        @Nullable String name,
        int moduleIndex,
        int clientIndex,
        int deviceIndex,
        SampleSpec spec,
        ChannelMap map,
        long bufferLatencyUs,
        long deviceLatencyUs,
        @Nullable String resampleMethod,
        @Nullable String driver,
        Proplist properties,
        boolean corked,
        @Nullable ChannelVolumes volume,
        boolean muted,
        boolean hasVolume,
        boolean volumeWritable,
        FormatInfo format) {

    void write(Direction direction, TagWriter out, int version) {
        out.u32(index).string(name).u32(moduleIndex).u32(clientIndex).u32(deviceIndex);
        out.sampleSpec(spec).channelMap(map);
        if (direction == Direction.PLAYBACK) {
            out.channelVolumes(volume);
        }
        out.usec(bufferLatencyUs).usec(deviceLatencyUs).string(resampleMethod).string(driver);
        if (direction == Direction.PLAYBACK) {
            out.bool(muted);
        }
        out.proplist(properties);
        if (version >= 19) {
            out.bool(corked);
        }
        if (direction == Direction.RECORD && version >= 22) {
            out.channelVolumes(volume).bool(muted);
        }
        if (version >= (direction == Direction.PLAYBACK ? 20 : 22)) {
            out.bool(hasVolume).bool(volumeWritable);
        }
        if (version >= (direction == Direction.PLAYBACK ? 21 : 22)) {
            out.formatInfo(format);
        }
    }

    static StreamInfo read(Direction direction, TagReader in, int version) {
        boolean playback = direction == Direction.PLAYBACK;
        int index = in.u32();
        String name = in.stringOrNull();
        int moduleIndex = in.u32();
        int clientIndex = in.u32();
        int deviceIndex = in.u32();
        SampleSpec spec = in.sampleSpec();
        ChannelMap map = in.channelMap();
        ChannelVolumes volume = playback ? in.channelVolumesOrNull() : null;
        long bufferLatencyUs = in.usec();
        long deviceLatencyUs = in.usec();
        String resampleMethod = in.stringOrNull();
        String driver = in.stringOrNull();
        boolean muted = playback && in.bool();
        Proplist properties = in.proplist();
        boolean corked = version >= 19 && in.bool();
        if (!playback && version >= 22) {
            volume = in.channelVolumesOrNull();
            muted = in.bool();
        }
        boolean volumeKnown = version >= (playback ? 20 : 22);
        boolean hasVolume = volumeKnown ? in.bool() : playback;
        boolean volumeWritable = volumeKnown ? in.bool() : playback;
        FormatInfo format = version >= (playback ? 21 : 22) ? in.formatInfo() : FormatInfo.UNSAID;
        return new StreamInfo(
                index,
                name,
                moduleIndex,
                clientIndex,
                deviceIndex,
                spec,
                map,
                bufferLatencyUs,
                deviceLatencyUs,
                resampleMethod,
                driver,
                properties,
                corked,
                volume,
                muted,
                hasVolume,
                volumeWritable,
                format);
    }
}
