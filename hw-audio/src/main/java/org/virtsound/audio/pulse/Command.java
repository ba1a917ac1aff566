package org.virtsound.audio.pulse;

import io.netty.buffer.ByteBuf;

/**
 * The content of one control packet behind its command and tag. Each record has a static {@code decode(TagReader, version)} that
 * reads all of it and accepts nothing behind it; layouts depend on the version that both ends agreed on, 13 to 35.
 */
public sealed interface Command permits Request, Answer, Failure, Event {
    /** The tag of a packet that answers nothing and is not answered. */
    int NO_TAG = -1;
    /** "None" for an index, "whatever the server likes" for a size. */
    int NONE = -1;

    Opcode opcode();

    /** Writes everything behind command and tag. */
    void encode(TagWriter out, int version);

    /** Appends it to {@code out} as one frame. */
    default void writeTo(ByteBuf out, TagWriter writer, int tag, int version) {
        int start = Frames.beginControl(out);
        writer.reset(out).u32(opcode().code()).u32(tag);
        encode(writer, version);
        Frames.endControl(out, start);
    }
}
