package org.virtsound.audio.pulse;

import org.virtsound.audio.stream.ErrorCode;

/** ERROR: a request was refused. 0 is no error, and sending it breaks libpulse. */
public record Failure(ErrorCode error) implements Command {
    public Failure {
        if (error == ErrorCode.OK) {
            throw new IllegalArgumentException("error: OK (expected: a refusal)");
        }
    }

    @Override
    public Opcode opcode() {
        return Opcode.ERROR;
    }

    @Override
    public void encode(TagWriter out, int version) {
        out.u32(error.code());
    }

    /** A number that is unknown here, and 0, is read as {@link ErrorCode#UNKNOWN}. */
    public static Failure decode(TagReader in, int version) {
        Failure failure = new Failure(ErrorCode.of(in.u32()));
        in.end();
        return failure;
    }
}
