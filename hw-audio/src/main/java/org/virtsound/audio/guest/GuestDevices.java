package org.virtsound.audio.guest;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.pulse.Answer;
import org.virtsound.audio.pulse.Command;
import org.virtsound.audio.pulse.DeviceInfo;
import org.virtsound.audio.pulse.Direction;
import org.virtsound.audio.pulse.FormatInfo;
import org.virtsound.audio.pulse.Proplist;
import org.virtsound.audio.stream.ChannelMap;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.SampleFormat;
import org.virtsound.audio.stream.SampleSpec;

/**
 * The one sink and the one source that a guest sees: the same for all guests, and nothing of the host's. Clients that find none, or
 * a sink without a monitor's name, crash (pulse-mediation.md, A); there is no monitor all the same.
 */
final class GuestDevices {
    static final String SINK = "virt-sound";
    static final String SOURCE = "virt-sound.microphone";
    private static final String MONITOR = "virt-sound.monitor";
    private static final String DEFAULT_SINK = "@DEFAULT_SINK@";
    private static final String DEFAULT_SOURCE = "@DEFAULT_SOURCE@";
    static final int SINK_INDEX = 0;
    static final int SOURCE_INDEX = 1;

    static final SampleSpec SPEC = new SampleSpec(SampleFormat.S16LE, 2, 48_000);
    private static final int FLAG_LATENCY = 0x02;
    private static final int FLAG_DECIBEL_VOLUME = 0x20;
    private static final int IDLE = 1;
    private static final int VOLUME_STEPS = ChannelVolumes.NORM + 1;
    private static final String DRIVER = "virt-sound";

    static final Answer.ServerInfo SERVER = new Answer.ServerInfo(
            "pulseaudio", "16.1", "guest", "virt-sound", SPEC, SINK, SOURCE, 0x76_69_72_74, ChannelMap.STEREO);
    static final Answer.DeviceInfos SINKS = devices(Direction.PLAYBACK, SINK_INDEX, SINK, "Speakers of the host");
    static final Answer.DeviceInfos SOURCES = devices(Direction.RECORD, SOURCE_INDEX, SOURCE, "Microphone of the host");

    private GuestDevices() {}

    static int indexOf(Direction direction) {
        return direction == Direction.PLAYBACK ? SINK_INDEX : SOURCE_INDEX;
    }

    static String nameOf(Direction direction) {
        return direction == Direction.PLAYBACK ? SINK : SOURCE;
    }

    static Answer.DeviceInfos list(Direction direction) {
        return direction == Direction.PLAYBACK ? SINKS : SOURCES;
    }

    /** @return whether this index or name, or neither, means the one device of that direction */
    static boolean means(Direction direction, int index, @Nullable String name) {
        if (index != Command.NONE && name != null) {
            return false;
        }
        if (index != Command.NONE) {
            return index == indexOf(direction);
        }
        return name == null
                || name.isEmpty()
                || name.equals(nameOf(direction))
                || name.equals(Integer.toString(indexOf(direction)))
                || name.equals(direction == Direction.PLAYBACK ? DEFAULT_SINK : DEFAULT_SOURCE);
    }

    private static Answer.DeviceInfos devices(Direction direction, int index, String name, String description) {
        boolean sink = direction == Direction.PLAYBACK;
        DeviceInfo device = new DeviceInfo(
                index,
                name,
                description,
                SPEC,
                ChannelMap.STEREO,
                Command.NONE,
                ChannelVolumes.flat(SPEC.channels(), ChannelVolumes.NORM),
                false,
                Command.NONE,
                sink ? MONITOR : null,
                0,
                DRIVER,
                FLAG_LATENCY | FLAG_DECIBEL_VOLUME,
                Proplist.of("device.description", description).with("device.class", "sound"),
                0,
                ChannelVolumes.NORM,
                IDLE,
                VOLUME_STEPS,
                Command.NONE,
                List.of(),
                null,
                List.of(FormatInfo.UNSAID));
        return new Answer.DeviceInfos(direction, List.of(device));
    }
}
