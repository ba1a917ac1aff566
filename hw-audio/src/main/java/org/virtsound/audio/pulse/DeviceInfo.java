package org.virtsound.audio.pulse;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.ChannelMap;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.SampleSpec;

/**
 * A sink or a source, as GET_SINK_INFO and GET_SOURCE_INFO tell it.
 *
 * <p>Source: native-protocol.md, 8.
 *
 * @param monitorIndex of a sink: its monitor source; of a source: the sink that it monitors, or -1
 * @param monitorName likewise; never null for a sink, Chromium does not expect it
 * @param flags of the device, see the spec
 * @param baseVolume what the device calls 100 %; it, state, steps and card from version 15 on
 * @param state 0 running, 1 idle, 2 suspended
 * @param ports from version 16 on
 * @param formats from version 21 (sinks), 22 (sources) on
 */
public record DeviceInfo(
        int index,
        @Nullable String name,
        @Nullable String description,
        SampleSpec spec,
        ChannelMap map,
        int moduleIndex,
        ChannelVolumes volume,
        boolean muted,
        int monitorIndex,
        @Nullable String monitorName,
        long latencyUs,
        @Nullable String driver,
        int flags,
        Proplist properties,
        long requestedLatencyUs,
        int baseVolume,
        int state,
        int volumeSteps,
        int cardIndex,
        List<Port> ports,
        @Nullable String activePort,
        List<FormatInfo> formats) {

    /** A socket of a card; {@code available} from version 24 on, group and type from 34 on. */
    public record Port(
            @Nullable String name,
            @Nullable String description,
            int priority,
            int available,
            @Nullable String availabilityGroup,
            int type) {}

    public DeviceInfo {
        ports = List.copyOf(ports);
        formats = List.copyOf(formats);
    }

    void write(Direction direction, TagWriter out, int version) {
        out.u32(index).string(name).string(description).sampleSpec(spec).channelMap(map);
        out.u32(moduleIndex).channelVolumes(volume).bool(muted);
        out.u32(monitorIndex).string(monitorName).usec(latencyUs).string(driver).u32(flags);
        out.proplist(properties).usec(requestedLatencyUs);
        if (version >= 15) {
            out.volume(baseVolume).u32(state).u32(volumeSteps).u32(cardIndex);
        }
        if (version >= 16) {
            out.u32(ports.size());
            ports.forEach(port -> writePort(port, out, version));
            out.string(activePort);
        }
        if (version >= formatsSince(direction)) {
            out.formats(formats);
        }
    }

    static DeviceInfo read(Direction direction, TagReader in, int version) {
        return new DeviceInfo(
                in.u32(),
                in.stringOrNull(),
                in.stringOrNull(),
                in.sampleSpec(),
                in.channelMap(),
                in.u32(),
                in.channelVolumes(),
                in.bool(),
                in.u32(),
                in.stringOrNull(),
                in.usec(),
                in.stringOrNull(),
                in.u32(),
                in.proplist(),
                in.usec(),
                version >= 15 ? in.volume() : ChannelVolumes.NORM,
                version >= 15 ? in.u32() : 0,
                version >= 15 ? in.u32() : 0,
                version >= 15 ? in.u32() : Command.NONE,
                version >= 16 ? readPorts(in, version) : List.of(),
                version >= 16 ? in.stringOrNull() : null,
                version >= formatsSince(direction) ? in.formats() : List.of());
    }

    private static int formatsSince(Direction direction) {
        return direction == Direction.PLAYBACK ? 21 : 22;
    }

    private static void writePort(Port port, TagWriter out, int version) {
        out.string(port.name).string(port.description).u32(port.priority);
        if (version >= 24) {
            out.u32(port.available);
        }
        if (version >= 34) {
            out.string(port.availabilityGroup).u32(port.type);
        }
    }

    /** The count is the peer's word only: nothing is set aside for it, each port is read before the next. */
    private static List<Port> readPorts(TagReader in, int version) {
        List<Port> ports = new ArrayList<>();
        for (int left = in.u32(); left != 0; left--) {
            ports.add(new Port(
                    in.stringOrNull(),
                    in.stringOrNull(),
                    in.u32(),
                    version >= 24 ? in.u32() : 0,
                    version >= 34 ? in.stringOrNull() : null,
                    version >= 34 ? in.u32() : 0));
        }
        return ports;
    }
}
