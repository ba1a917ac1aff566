package org.virtsound.audio.pulse;

import java.util.List;

/** The switches of CREATE_PLAYBACK_STREAM and CREATE_RECORD_STREAM (native-protocol.md, 6.1 and 6.2). */
public enum StreamFlag {
    CORKED,
    NO_REMAP,
    NO_REMIX,
    FIX_FORMAT,
    FIX_RATE,
    FIX_CHANNELS,
    NO_MOVE,
    VARIABLE_RATE,
    /** The stream's mute; means something only with {@link #MUTED_SET}. */
    MUTED,
    MUTED_SET,
    /** Somebody chose the stream's volume. */
    VOLUME_SET,
    RELATIVE_VOLUME,
    ADJUST_LATENCY,
    EARLY_REQUESTS,
    DONT_INHIBIT_AUTO_SUSPEND,
    FAIL_ON_SUSPEND,
    PASSTHROUGH,
    /** Record streams only: peaks for a level meter instead of PCM. */
    PEAK_DETECT;

    /** The seven that stand in a row on the wire, in its order. */
    static final List<StreamFlag> CONVERSION =
            List.of(NO_REMAP, NO_REMIX, FIX_FORMAT, FIX_RATE, FIX_CHANNELS, NO_MOVE, VARIABLE_RATE);
}
