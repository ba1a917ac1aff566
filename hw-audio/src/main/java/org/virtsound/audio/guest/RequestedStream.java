package org.virtsound.audio.guest;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.pulse.CreatePlaybackStream;
import org.virtsound.audio.pulse.CreateRecordStream;
import org.virtsound.audio.pulse.FormatInfo;
import org.virtsound.audio.pulse.PcmFormat;
import org.virtsound.audio.pulse.Proplist;
import org.virtsound.audio.pulse.StreamFlag;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelMap;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.SampleSpec;
import org.virtsound.audio.stream.StreamRequest;

/**
 * A guest's CREATE_*_STREAM, reduced to what may go on: PCM, sizes within bounds, and of all its properties the media's name.
 *
 * @param request null where {@code error} is not OK
 * @param format for the reply, null where the guest offered no formats
 */
record RequestedStream(
        ErrorCode error,
        @Nullable StreamRequest request,
        @Nullable FormatInfo format) {
    private static final int FORMATS_MAX = 16;
    /** A guest's wish must not keep the host awake more often than each 2 ms. */
    private static final long LEAST_US = 2_000;

    static RequestedStream of(CreatePlaybackStream wish) {
        return of(wish.spec(), wish.map(), wish.formats(), wish.volume(), wish.attr(), wish.flags(), wish.properties());
    }

    static RequestedStream of(CreateRecordStream wish) {
        return of(wish.spec(), wish.map(), wish.formats(), wish.volume(), wish.attr(), wish.flags(), wish.properties());
    }

    private static RequestedStream of(
            @Nullable SampleSpec spec,
            @Nullable ChannelMap map,
            List<FormatInfo> formats,
            @Nullable ChannelVolumes volume,
            BufferAttr attr,
            Set<StreamFlag> flags,
            Proplist properties) {
        if (formats.size() > FORMATS_MAX) {
            return refused(ErrorCode.TOOLARGE);
        }
        FormatInfo format = null;
        if (!formats.isEmpty()) {
            FormatInfo chosen = firstPcm(formats, spec);
            if (chosen == null) {
                return refused(ErrorCode.NOTSUPPORTED);
            }
            spec = PcmFormat.spec(chosen, spec == null ? GuestDevices.SPEC : spec);
            map = PcmFormat.map(chosen, requireNonNull(spec).channels());
            format = PcmFormat.of(spec, map);
        }
        if (spec == null || map == null || map.positions().size() != spec.channels()) {
            return refused(ErrorCode.INVALID);
        }
        ChannelVolumes wanted = null;
        if (flags.contains(StreamFlag.VOLUME_SET) && volume != null) {
            if (format == null && volume.volumes().size() != spec.channels()) {
                return refused(ErrorCode.INVALID);
            }
            wanted = ofChannels(volume, spec.channels());
        }
        String name = properties.text("media.name");
        StreamRequest request = new StreamRequest(
                name == null ? "" : name,
                spec,
                map,
                bounded(attr, spec),
                flags.contains(StreamFlag.CORKED),
                muted(flags),
                wanted,
                null,
                flags.contains(StreamFlag.ADJUST_LATENCY),
                flags.contains(StreamFlag.EARLY_REQUESTS),
                flags.contains(StreamFlag.VARIABLE_RATE),
                flags.contains(StreamFlag.NO_REMAP),
                flags.contains(StreamFlag.NO_REMIX));
        return new RequestedStream(ErrorCode.OK, request, format);
    }

    private static @Nullable FormatInfo firstPcm(List<FormatInfo> formats, @Nullable SampleSpec spec) {
        for (FormatInfo format : formats) {
            if (PcmFormat.spec(format, spec == null ? GuestDevices.SPEC : spec) != null) {
                return format;
            }
        }
        return null;
    }

    /** @return sizes that cost the host no more than playing asks for; the protocol's are unsigned */
    static BufferAttr bounded(BufferAttr attr, SampleSpec spec) {
        int least = (int) Math.max(spec.frameBytes(), spec.bytesOf(LEAST_US));
        return new BufferAttr(
                bounded(attr.maxLength(), least),
                bounded(attr.tLength(), 2 * least),
                bounded(attr.prebuf(), 0),
                bounded(attr.minReq(), least),
                bounded(attr.fragSize(), least));
    }

    /** @return a volume for each of {@code channels}: the one there is, or as many as are needed */
    static ChannelVolumes ofChannels(ChannelVolumes volume, int channels) {
        List<Integer> from = volume.volumes();
        List<Integer> each = new ArrayList<>(channels);
        for (int i = 0; i < channels; i++) {
            each.add(from.get(Math.min(i, from.size() - 1)));
        }
        return new ChannelVolumes(each);
    }

    private static @Nullable Boolean muted(Set<StreamFlag> flags) {
        boolean muted = flags.contains(StreamFlag.MUTED);
        return (muted || flags.contains(StreamFlag.MUTED_SET)) ? Boolean.valueOf(muted) : null;
    }

    private static int bounded(int sizeBytes, int least) {
        if (sizeBytes == BufferAttr.DEFAULT) {
            return sizeBytes;
        }
        boolean huge = Integer.compareUnsigned(sizeBytes, BufferAttr.MAX_LENGTH_MAX) > 0;
        return huge ? BufferAttr.MAX_LENGTH_MAX : Math.max(sizeBytes, least);
    }

    private static RequestedStream refused(ErrorCode error) {
        return new RequestedStream(error, null, null);
    }
}
