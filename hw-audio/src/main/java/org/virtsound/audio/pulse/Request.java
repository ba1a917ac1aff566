package org.virtsound.audio.pulse;

import org.jspecify.annotations.Nullable;

/** What a client asks of a server; answered by an {@link Answer} or a {@link Failure} of the same tag. */
public sealed interface Request extends Command
        permits SessionRequest,
                CreatePlaybackStream,
                CreateRecordStream,
                StreamCommand,
                Query,
                MixerCommand,
                ModuleCommand {

    /**
     * @param opcode of a request
     * @return null for a request that has no record here: nobody who handles it needs its content
     */
    static @Nullable Request decode(Opcode opcode, TagReader in, int version) {
        return switch (opcode) {
            case AUTH -> SessionRequest.Auth.decode(in, version);
            case SET_CLIENT_NAME -> SessionRequest.SetClientName.decode(in, version);
            case UPDATE_CLIENT_PROPLIST -> SessionRequest.UpdateClientProplist.decode(in, version);
            case REMOVE_CLIENT_PROPLIST -> SessionRequest.RemoveClientProplist.decode(in, version);
            case CREATE_PLAYBACK_STREAM -> CreatePlaybackStream.decode(in, version);
            case CREATE_RECORD_STREAM -> CreateRecordStream.decode(in, version);
            case SET_SINK_INPUT_VOLUME -> MixerCommand.SetStreamVolume.decode(Direction.PLAYBACK, in, version);
            case SET_SOURCE_OUTPUT_VOLUME -> MixerCommand.SetStreamVolume.decode(Direction.RECORD, in, version);
            case SET_SINK_INPUT_MUTE -> MixerCommand.SetStreamMute.decode(Direction.PLAYBACK, in, version);
            case SET_SOURCE_OUTPUT_MUTE -> MixerCommand.SetStreamMute.decode(Direction.RECORD, in, version);
            case MOVE_SINK_INPUT -> MixerCommand.MoveStream.decode(Direction.PLAYBACK, in, version);
            case MOVE_SOURCE_OUTPUT -> MixerCommand.MoveStream.decode(Direction.RECORD, in, version);
            case SUSPEND_SINK -> ModuleCommand.SuspendDevice.decode(Direction.PLAYBACK, in, version);
            case SUSPEND_SOURCE -> ModuleCommand.SuspendDevice.decode(Direction.RECORD, in, version);
            case LOAD_MODULE -> ModuleCommand.Load.decode(in, version);
            case UNLOAD_MODULE -> ModuleCommand.Unload.decode(in, version);
            default -> {
                Request query = Query.decode(opcode, in, version);
                yield query == null ? StreamCommand.decode(opcode, in, version) : query;
            }
        };
    }
}
