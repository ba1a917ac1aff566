package org.virtsound.audio.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What fuzzing of the session starts from holds already; {@code scripts/fuzz} goes on from there. */
class GuestSessionSeedsTest {
    @Test
    void everySeedHolds() {
        List<byte[]> seeds = GuestSessionFuzz.seeds();
        assertThat(seeds).hasSizeGreaterThan(200);
        seeds.forEach(GuestSessionFuzz::fuzzerTestOneInput);
    }
}
