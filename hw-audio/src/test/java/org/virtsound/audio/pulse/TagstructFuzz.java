package org.virtsound.audio.pulse;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Path;

/** Any bytes are a tagstruct, which then comes out the same each time, or a {@link ProtocolException}. */
public final class TagstructFuzz {
    private TagstructFuzz() {}

    /** @param arguments the directory to write seeds to */
    public static void main(String... arguments) throws IOException {
        FuzzSeeds.write(Path.of(arguments[0]), FuzzSeeds.tagstructs());
    }

    public static void fuzzerTestOneInput(byte[] input) {
        ByteBuf once;
        try {
            once = copy(Unpooled.wrappedBuffer(input));
        } catch (ProtocolException refused) {
            return;
        }
        ByteBuf twice = copy(once.duplicate());
        if (!ByteBufUtil.equals(once, twice)) {
            throw new AssertionError(ByteBufUtil.hexDump(once) + " became " + ByteBufUtil.hexDump(twice));
        }
    }

    private static ByteBuf copy(ByteBuf in) {
        TagReader reader = new TagReader(TagLimits.GUEST).reset(in);
        ByteBuf out = Unpooled.buffer();
        TagWriter writer = new TagWriter().reset(out);
        while (reader.hasMore()) {
            Tagstructs.copyValue(reader, writer);
        }
        return out;
    }
}
