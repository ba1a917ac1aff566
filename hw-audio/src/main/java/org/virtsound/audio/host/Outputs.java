package org.virtsound.audio.host;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.StreamRequest;

/** Makes an output for each stream of one guest. It never fails: what cannot be opened plays to nobody and says so. */
@FunctionalInterface
interface Outputs {
    /** @param trouble on the audio loop: what is wrong with the output, null once it is right again */
    PcmOutput open(HostIdentity guest, StreamRequest request, Consumer<@Nullable String> trouble);
}
