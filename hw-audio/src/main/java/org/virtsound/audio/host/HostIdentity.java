package org.virtsound.audio.host;

import java.util.UUID;
import org.virtsound.audio.pulse.Proplist;

/**
 * How one guest shows on the host's server, so that a mixer names it and remembers its volume, on PulseAudio ({@code
 * application.id}) and on PipeWire ({@code node.name}).
 *
 * <p>Never a {@code media.role}: PulseAudio would then remember one volume for all that play in that role.
 *
 * @param title what a mixer shows
 */
record HostIdentity(UUID uuid, String title) {
    Proplist client() {
        return Proplist.of("application.name", title)
                .with("application.id", "org.virtsound." + uuid)
                .with("application.process.binary", "virtsoundd")
                .with("application.icon_name", "computer");
    }

    Proplist stream(String name) {
        return Proplist.of("media.name", name)
                .with("application.name", title)
                .with("application.id", "org.virtsound." + uuid)
                .with("node.name", "virt-sound." + uuid);
    }
}
