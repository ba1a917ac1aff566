package org.virtsound.audio.pulse;

import org.jspecify.annotations.Nullable;

/**
 * Every command of the protocol; the position is the number on the wire.
 *
 * <p>Source: native-protocol.md, 4.
 */
public enum Opcode {
    // 0
    ERROR(Sender.SERVER),
    TIMEOUT(Sender.NEITHER),
    REPLY(Sender.SERVER),
    CREATE_PLAYBACK_STREAM(Sender.CLIENT),
    DELETE_PLAYBACK_STREAM(Sender.CLIENT),
    CREATE_RECORD_STREAM(Sender.CLIENT),
    DELETE_RECORD_STREAM(Sender.CLIENT),
    EXIT(Sender.CLIENT),
    AUTH(Sender.CLIENT),
    SET_CLIENT_NAME(Sender.CLIENT),
    // 10
    LOOKUP_SINK(Sender.CLIENT),
    LOOKUP_SOURCE(Sender.CLIENT),
    DRAIN_PLAYBACK_STREAM(Sender.CLIENT),
    STAT(Sender.CLIENT),
    GET_PLAYBACK_LATENCY(Sender.CLIENT),
    CREATE_UPLOAD_STREAM(Sender.CLIENT),
    DELETE_UPLOAD_STREAM(Sender.CLIENT),
    FINISH_UPLOAD_STREAM(Sender.CLIENT),
    PLAY_SAMPLE(Sender.CLIENT),
    REMOVE_SAMPLE(Sender.CLIENT),
    // 20
    GET_SERVER_INFO(Sender.CLIENT),
    GET_SINK_INFO(Sender.CLIENT),
    GET_SINK_INFO_LIST(Sender.CLIENT),
    GET_SOURCE_INFO(Sender.CLIENT),
    GET_SOURCE_INFO_LIST(Sender.CLIENT),
    GET_MODULE_INFO(Sender.CLIENT),
    GET_MODULE_INFO_LIST(Sender.CLIENT),
    GET_CLIENT_INFO(Sender.CLIENT),
    GET_CLIENT_INFO_LIST(Sender.CLIENT),
    GET_SINK_INPUT_INFO(Sender.CLIENT),
    // 30
    GET_SINK_INPUT_INFO_LIST(Sender.CLIENT),
    GET_SOURCE_OUTPUT_INFO(Sender.CLIENT),
    GET_SOURCE_OUTPUT_INFO_LIST(Sender.CLIENT),
    GET_SAMPLE_INFO(Sender.CLIENT),
    GET_SAMPLE_INFO_LIST(Sender.CLIENT),
    SUBSCRIBE(Sender.CLIENT),
    SET_SINK_VOLUME(Sender.CLIENT),
    SET_SINK_INPUT_VOLUME(Sender.CLIENT),
    SET_SOURCE_VOLUME(Sender.CLIENT),
    SET_SINK_MUTE(Sender.CLIENT),
    // 40
    SET_SOURCE_MUTE(Sender.CLIENT),
    CORK_PLAYBACK_STREAM(Sender.CLIENT),
    FLUSH_PLAYBACK_STREAM(Sender.CLIENT),
    TRIGGER_PLAYBACK_STREAM(Sender.CLIENT),
    SET_DEFAULT_SINK(Sender.CLIENT),
    SET_DEFAULT_SOURCE(Sender.CLIENT),
    SET_PLAYBACK_STREAM_NAME(Sender.CLIENT),
    SET_RECORD_STREAM_NAME(Sender.CLIENT),
    KILL_CLIENT(Sender.CLIENT),
    KILL_SINK_INPUT(Sender.CLIENT),
    // 50
    KILL_SOURCE_OUTPUT(Sender.CLIENT),
    LOAD_MODULE(Sender.CLIENT),
    UNLOAD_MODULE(Sender.CLIENT),
    ADD_AUTOLOAD(Sender.CLIENT),
    REMOVE_AUTOLOAD(Sender.CLIENT),
    GET_AUTOLOAD_INFO(Sender.CLIENT),
    GET_AUTOLOAD_INFO_LIST(Sender.CLIENT),
    GET_RECORD_LATENCY(Sender.CLIENT),
    CORK_RECORD_STREAM(Sender.CLIENT),
    FLUSH_RECORD_STREAM(Sender.CLIENT),
    // 60
    PREBUF_PLAYBACK_STREAM(Sender.CLIENT),
    REQUEST(Sender.SERVER),
    OVERFLOW(Sender.SERVER),
    UNDERFLOW(Sender.SERVER),
    PLAYBACK_STREAM_KILLED(Sender.SERVER),
    RECORD_STREAM_KILLED(Sender.SERVER),
    SUBSCRIBE_EVENT(Sender.SERVER),
    MOVE_SINK_INPUT(Sender.CLIENT),
    MOVE_SOURCE_OUTPUT(Sender.CLIENT),
    SET_SINK_INPUT_MUTE(Sender.CLIENT),
    // 70
    SUSPEND_SINK(Sender.CLIENT),
    SUSPEND_SOURCE(Sender.CLIENT),
    SET_PLAYBACK_STREAM_BUFFER_ATTR(Sender.CLIENT),
    SET_RECORD_STREAM_BUFFER_ATTR(Sender.CLIENT),
    UPDATE_PLAYBACK_STREAM_SAMPLE_RATE(Sender.CLIENT),
    UPDATE_RECORD_STREAM_SAMPLE_RATE(Sender.CLIENT),
    PLAYBACK_STREAM_SUSPENDED(Sender.SERVER),
    RECORD_STREAM_SUSPENDED(Sender.SERVER),
    PLAYBACK_STREAM_MOVED(Sender.SERVER),
    RECORD_STREAM_MOVED(Sender.SERVER),
    // 80
    UPDATE_RECORD_STREAM_PROPLIST(Sender.CLIENT),
    UPDATE_PLAYBACK_STREAM_PROPLIST(Sender.CLIENT),
    UPDATE_CLIENT_PROPLIST(Sender.CLIENT),
    REMOVE_RECORD_STREAM_PROPLIST(Sender.CLIENT),
    REMOVE_PLAYBACK_STREAM_PROPLIST(Sender.CLIENT),
    REMOVE_CLIENT_PROPLIST(Sender.CLIENT),
    STARTED(Sender.SERVER),
    EXTENSION(Sender.EITHER, 14),
    GET_CARD_INFO(Sender.CLIENT, 15),
    GET_CARD_INFO_LIST(Sender.CLIENT, 15),
    // 90
    SET_CARD_PROFILE(Sender.CLIENT, 15),
    CLIENT_EVENT(Sender.SERVER, 15),
    PLAYBACK_STREAM_EVENT(Sender.SERVER, 15),
    RECORD_STREAM_EVENT(Sender.SERVER, 15),
    PLAYBACK_BUFFER_ATTR_CHANGED(Sender.SERVER, 15),
    RECORD_BUFFER_ATTR_CHANGED(Sender.SERVER, 15),
    SET_SINK_PORT(Sender.CLIENT, 16),
    SET_SOURCE_PORT(Sender.CLIENT, 16),
    SET_SOURCE_OUTPUT_VOLUME(Sender.CLIENT, 22),
    SET_SOURCE_OUTPUT_MUTE(Sender.CLIENT, 22),
    // 100
    SET_PORT_LATENCY_OFFSET(Sender.CLIENT, 27),
    ENABLE_SRBCHANNEL(Sender.EITHER, 30),
    DISABLE_SRBCHANNEL(Sender.EITHER, 30),
    REGISTER_MEMFD_SHMID(Sender.EITHER, 31),
    SEND_OBJECT_MESSAGE(Sender.CLIENT, 35);

    /** Who may send it. */
    public enum Sender {
        CLIENT,
        SERVER,
        EITHER,
        NEITHER
    }

    private static final Opcode[] BY_CODE = values();

    private final Sender sender;
    private final int since;

    Opcode(Sender sender) {
        this(sender, 0);
    }

    Opcode(Sender sender, int since) {
        this.sender = sender;
        this.since = since;
    }

    /** @return the number on the wire */
    @SuppressWarnings("EnumOrdinal") // declared in the order of the wire
    public int code() {
        return ordinal();
    }

    public boolean fromClient() {
        return sender == Sender.CLIENT || sender == Sender.EITHER;
    }

    public boolean fromServer() {
        return sender == Sender.SERVER || sender == Sender.EITHER;
    }

    /** @return the first protocol version that has it; 0 where it is older than all that matter (13) */
    public int since() {
        return since;
    }

    /** @return null where no version up to 35 has that number */
    public static @Nullable Opcode of(int code) {
        return code < 0 || code >= BY_CODE.length ? null : BY_CODE[code];
    }
}
