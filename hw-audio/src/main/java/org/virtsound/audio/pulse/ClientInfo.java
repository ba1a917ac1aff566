package org.virtsound.audio.pulse;

import org.jspecify.annotations.Nullable;

/** A client of the server, as GET_CLIENT_INFO tells it (native-protocol.md, 8). */
public record ClientInfo(
        int index,
        @Nullable String name,
        int moduleIndex,
        @Nullable String driver,
        Proplist properties) {

    void write(TagWriter out) {
        out.u32(index).string(name).u32(moduleIndex).string(driver).proplist(properties);
    }

    static ClientInfo read(TagReader in) {
        return new ClientInfo(in.u32(), in.stringOrNull(), in.u32(), in.stringOrNull(), in.proplist());
    }
}
