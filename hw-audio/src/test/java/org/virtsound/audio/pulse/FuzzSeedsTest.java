package org.virtsound.audio.pulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What fuzzing starts from holds already; {@code scripts/fuzz} goes on from there. */
class FuzzSeedsTest {
    @Test
    void everySeedOfFramesHolds() {
        allHold(FuzzSeeds.frames(), FrameFuzz::fuzzerTestOneInput);
    }

    @Test
    void everySeedOfTagstructsHolds() {
        allHold(FuzzSeeds.tagstructs(), TagstructFuzz::fuzzerTestOneInput);
    }

    @Test
    void everySeedOfCommandsHolds() {
        allHold(FuzzSeeds.commands(), CommandFuzz::fuzzerTestOneInput);
    }

    private static void allHold(List<byte[]> seeds, Consumer<byte[]> target) {
        assertThat(seeds).hasSizeGreaterThan(100);
        seeds.forEach(target);
    }
}
