package org.virtsound.audio.relay;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The microphone, as one guest has it now.
 *
 * @param policy the rule in force
 * @param granted whether samples may flow
 * @param onAir whether a record stream of this guest runs on the host
 * @param onAirMs so far in all, since the relay opened
 * @param requests record streams opened without a grant
 * @param since of the grant
 * @param until of the grant, null where it has no end
 */
public record MicStatus(
        CapturePolicy policy,
        boolean granted,
        boolean onAir,
        long onAirMs,
        long requests,
        @Nullable Instant since,
        @Nullable Instant until) {}
