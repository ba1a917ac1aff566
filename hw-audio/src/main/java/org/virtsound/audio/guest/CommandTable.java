package org.virtsound.audio.guest;

import org.virtsound.audio.pulse.Opcode;

/**
 * What becomes of each command that a guest may send, in the order of the numbers on the wire; the compiler sees to it that none
 * is missing.
 *
 * <p>Source: pulse-mediation.md, A (whitelist); native-protocol.md, 4 (numbers).
 */
final class CommandTable {
    private CommandTable() {}

    static CommandRule ruleOf(Opcode opcode) {
        return switch (opcode) {
            // 0
            case ERROR -> CommandRule.DROP;
            case TIMEOUT -> CommandRule.DROP;
            case REPLY -> CommandRule.DROP;
            case CREATE_PLAYBACK_STREAM -> CommandRule.STREAM;
            case DELETE_PLAYBACK_STREAM -> CommandRule.STREAM;
            case CREATE_RECORD_STREAM -> CommandRule.STREAM;
            case DELETE_RECORD_STREAM -> CommandRule.STREAM;
            case EXIT -> CommandRule.ACCESS;
            case AUTH -> CommandRule.SESSION;
            case SET_CLIENT_NAME -> CommandRule.SESSION;
            // 10
            case LOOKUP_SINK -> CommandRule.ANSWER;
            case LOOKUP_SOURCE -> CommandRule.ANSWER;
            case DRAIN_PLAYBACK_STREAM -> CommandRule.STREAM;
            case STAT -> CommandRule.ANSWER;
            case GET_PLAYBACK_LATENCY -> CommandRule.STREAM;
            case CREATE_UPLOAD_STREAM -> CommandRule.ACCESS;
            case DELETE_UPLOAD_STREAM -> CommandRule.ACCESS;
            case FINISH_UPLOAD_STREAM -> CommandRule.ACCESS;
            case PLAY_SAMPLE -> CommandRule.ACCESS;
            case REMOVE_SAMPLE -> CommandRule.ACCESS;
            // 20
            case GET_SERVER_INFO -> CommandRule.ANSWER;
            case GET_SINK_INFO -> CommandRule.ANSWER;
            case GET_SINK_INFO_LIST -> CommandRule.ANSWER;
            case GET_SOURCE_INFO -> CommandRule.ANSWER;
            case GET_SOURCE_INFO_LIST -> CommandRule.ANSWER;
            case GET_MODULE_INFO -> CommandRule.NOENTITY;
            case GET_MODULE_INFO_LIST -> CommandRule.ANSWER;
            case GET_CLIENT_INFO -> CommandRule.ANSWER;
            case GET_CLIENT_INFO_LIST -> CommandRule.ANSWER;
            case GET_SINK_INPUT_INFO -> CommandRule.ANSWER;
            // 30
            case GET_SINK_INPUT_INFO_LIST -> CommandRule.ANSWER;
            case GET_SOURCE_OUTPUT_INFO -> CommandRule.ANSWER;
            case GET_SOURCE_OUTPUT_INFO_LIST -> CommandRule.ANSWER;
            case GET_SAMPLE_INFO -> CommandRule.NOENTITY;
            case GET_SAMPLE_INFO_LIST -> CommandRule.ANSWER;
            case SUBSCRIBE -> CommandRule.ACKNOWLEDGE;
            case SET_SINK_VOLUME -> CommandRule.ACCESS;
            case SET_SINK_INPUT_VOLUME -> CommandRule.OWN_INDEX;
            case SET_SOURCE_VOLUME -> CommandRule.ACCESS;
            case SET_SINK_MUTE -> CommandRule.ACCESS;
            // 40
            case SET_SOURCE_MUTE -> CommandRule.ACCESS;
            case CORK_PLAYBACK_STREAM -> CommandRule.STREAM;
            case FLUSH_PLAYBACK_STREAM -> CommandRule.STREAM;
            case TRIGGER_PLAYBACK_STREAM -> CommandRule.STREAM;
            case SET_DEFAULT_SINK -> CommandRule.ACCESS;
            case SET_DEFAULT_SOURCE -> CommandRule.ACCESS;
            case SET_PLAYBACK_STREAM_NAME -> CommandRule.STREAM;
            case SET_RECORD_STREAM_NAME -> CommandRule.STREAM;
            case KILL_CLIENT -> CommandRule.ACCESS;
            case KILL_SINK_INPUT -> CommandRule.ACCESS;
            // 50
            case KILL_SOURCE_OUTPUT -> CommandRule.ACCESS;
            case LOAD_MODULE -> CommandRule.ACCESS;
            case UNLOAD_MODULE -> CommandRule.ACCESS;
            case ADD_AUTOLOAD -> CommandRule.ACCESS;
            case REMOVE_AUTOLOAD -> CommandRule.ACCESS;
            case GET_AUTOLOAD_INFO -> CommandRule.ACCESS;
            case GET_AUTOLOAD_INFO_LIST -> CommandRule.ACCESS;
            case GET_RECORD_LATENCY -> CommandRule.STREAM;
            case CORK_RECORD_STREAM -> CommandRule.STREAM;
            case FLUSH_RECORD_STREAM -> CommandRule.STREAM;
            // 60
            case PREBUF_PLAYBACK_STREAM -> CommandRule.STREAM;
            case REQUEST -> CommandRule.DROP;
            case OVERFLOW -> CommandRule.DROP;
            case UNDERFLOW -> CommandRule.DROP;
            case PLAYBACK_STREAM_KILLED -> CommandRule.DROP;
            case RECORD_STREAM_KILLED -> CommandRule.DROP;
            case SUBSCRIBE_EVENT -> CommandRule.DROP;
            case MOVE_SINK_INPUT -> CommandRule.ACCESS;
            case MOVE_SOURCE_OUTPUT -> CommandRule.ACCESS;
            case SET_SINK_INPUT_MUTE -> CommandRule.OWN_INDEX;
            // 70
            case SUSPEND_SINK -> CommandRule.ACCESS;
            case SUSPEND_SOURCE -> CommandRule.ACCESS;
            case SET_PLAYBACK_STREAM_BUFFER_ATTR -> CommandRule.STREAM;
            case SET_RECORD_STREAM_BUFFER_ATTR -> CommandRule.STREAM;
            case UPDATE_PLAYBACK_STREAM_SAMPLE_RATE -> CommandRule.STREAM;
            case UPDATE_RECORD_STREAM_SAMPLE_RATE -> CommandRule.STREAM;
            case PLAYBACK_STREAM_SUSPENDED -> CommandRule.DROP;
            case RECORD_STREAM_SUSPENDED -> CommandRule.DROP;
            case PLAYBACK_STREAM_MOVED -> CommandRule.DROP;
            case RECORD_STREAM_MOVED -> CommandRule.DROP;
            // 80
            case UPDATE_RECORD_STREAM_PROPLIST -> CommandRule.STREAM;
            case UPDATE_PLAYBACK_STREAM_PROPLIST -> CommandRule.STREAM;
            case UPDATE_CLIENT_PROPLIST -> CommandRule.ACKNOWLEDGE;
            case REMOVE_RECORD_STREAM_PROPLIST -> CommandRule.STREAM;
            case REMOVE_PLAYBACK_STREAM_PROPLIST -> CommandRule.STREAM;
            case REMOVE_CLIENT_PROPLIST -> CommandRule.ACKNOWLEDGE;
            case STARTED -> CommandRule.DROP;
            case EXTENSION -> CommandRule.NOEXTENSION;
            case GET_CARD_INFO -> CommandRule.NOENTITY;
            case GET_CARD_INFO_LIST -> CommandRule.ANSWER;
            // 90
            case SET_CARD_PROFILE -> CommandRule.ACCESS;
            case CLIENT_EVENT -> CommandRule.DROP;
            case PLAYBACK_STREAM_EVENT -> CommandRule.DROP;
            case RECORD_STREAM_EVENT -> CommandRule.DROP;
            case PLAYBACK_BUFFER_ATTR_CHANGED -> CommandRule.DROP;
            case RECORD_BUFFER_ATTR_CHANGED -> CommandRule.DROP;
            case SET_SINK_PORT -> CommandRule.ACCESS;
            case SET_SOURCE_PORT -> CommandRule.ACCESS;
            case SET_SOURCE_OUTPUT_VOLUME -> CommandRule.OWN_INDEX;
            case SET_SOURCE_OUTPUT_MUTE -> CommandRule.OWN_INDEX;
            // 100
            case SET_PORT_LATENCY_OFFSET -> CommandRule.ACCESS;
            case ENABLE_SRBCHANNEL -> CommandRule.DROP;
            case DISABLE_SRBCHANNEL -> CommandRule.DROP;
            case REGISTER_MEMFD_SHMID -> CommandRule.DROP;
            case SEND_OBJECT_MESSAGE -> CommandRule.ACCESS;
        };
    }
}
