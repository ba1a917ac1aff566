package org.virtsound.audio.pulse;

import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.ChannelVolumes;

/**
 * Volume, mute and device of a stream, named by the server's index for it, not by its channel. Answered by {@link Answer.Done}. Source:
 * native-protocol.md, 7.
 */
public sealed interface MixerCommand extends Request {
    Direction direction();

    int streamIndex();

    /** @param volume for one channel (all are set) or for each; null where no server would take it: ERROR INVALID */
    record SetStreamVolume(
            Direction direction, int streamIndex, @Nullable ChannelVolumes volume) implements MixerCommand {
        @Override
        public Opcode opcode() {
            return direction.pick(Opcode.SET_SINK_INPUT_VOLUME, Opcode.SET_SOURCE_OUTPUT_VOLUME);
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(streamIndex).channelVolumes(volume);
        }

        public static SetStreamVolume decode(Direction direction, TagReader in, int version) {
            SetStreamVolume command = new SetStreamVolume(direction, in.u32(), in.channelVolumesOrNull());
            in.end();
            return command;
        }
    }

    record SetStreamMute(Direction direction, int streamIndex, boolean muted) implements MixerCommand {
        @Override
        public Opcode opcode() {
            return direction.pick(Opcode.SET_SINK_INPUT_MUTE, Opcode.SET_SOURCE_OUTPUT_MUTE);
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(streamIndex).bool(muted);
        }

        public static SetStreamMute decode(Direction direction, TagReader in, int version) {
            SetStreamMute command = new SetStreamMute(direction, in.u32(), in.bool());
            in.end();
            return command;
        }
    }

    /**
     * MOVE_SINK_INPUT and MOVE_SOURCE_OUTPUT.
     *
     * @param deviceIndex {@link Command#NONE} for none; index or name
     * @param deviceName a name, or a special one ({@code @DEFAULT_SINK@})
     */
    record MoveStream(
            Direction direction,
            int streamIndex,
            int deviceIndex,
            @Nullable String deviceName) implements MixerCommand {
        @Override
        public Opcode opcode() {
            return direction.pick(Opcode.MOVE_SINK_INPUT, Opcode.MOVE_SOURCE_OUTPUT);
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(streamIndex).u32(deviceIndex).string(deviceName);
        }

        public static MoveStream decode(Direction direction, TagReader in, int version) {
            MoveStream command = new MoveStream(direction, in.u32(), in.u32(), in.stringOrNull());
            in.end();
            return command;
        }
    }
}
