package org.virtsound.audio.pulse;

/** Which of the two kinds of streams, or of their devices, a command is about; most commands exist once for each. */
public enum Direction {
    /** Sinks and sink inputs. */
    PLAYBACK,
    /** Sources and source outputs. */
    RECORD;

    Opcode pick(Opcode playback, Opcode record) {
        return this == PLAYBACK ? playback : record;
    }
}
