package org.virtsound.audio.pulse;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Any bytes behind any command at any version are a record, which then has the same bytes each time, or a
 * {@link ProtocolException}. The first byte is the version, the second the command, the third says who sends it.
 */
public final class CommandFuzz {
    private static final int HEAD = 3;

    private CommandFuzz() {}

    /** @param arguments the directory to write seeds to */
    public static void main(String... arguments) throws IOException {
        FuzzSeeds.write(Path.of(arguments[0]), FuzzSeeds.commands());
    }

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < HEAD) {
            return;
        }
        int version = 13 + (input[0] & 0xFF) % 23;
        Opcode opcode = Opcode.of((input[1] & 0xFF) % 105);
        int sender = (input[2] & 0xFF) % 3;
        ByteBuf once;
        try {
            once = copy(sender, opcode, Unpooled.wrappedBuffer(input, HEAD, input.length - HEAD), version);
        } catch (ProtocolException refused) {
            return;
        }
        if (once != null) {
            ByteBuf twice = copy(sender, opcode, once.duplicate(), version);
            if (!ByteBufUtil.equals(once, twice)) {
                throw new AssertionError(
                        opcode + ": " + ByteBufUtil.hexDump(once) + " became " + ByteBufUtil.hexDump(twice));
            }
        }
    }

    private static ByteBuf copy(int sender, Opcode opcode, ByteBuf in, int version) {
        TagReader reader = new TagReader(TagLimits.GUEST).reset(in);
        Command command = switch (sender) {
            case 0 -> Request.decode(opcode, reader, version);
            case 1 -> Answer.decode(opcode, reader, version);
            default -> opcode == Opcode.ERROR ? Failure.decode(reader, version) : Event.decode(opcode, reader, version);
        };
        if (command == null) {
            return null;
        }
        ByteBuf out = Unpooled.buffer();
        command.encode(new TagWriter().reset(out), version);
        return out;
    }
}
