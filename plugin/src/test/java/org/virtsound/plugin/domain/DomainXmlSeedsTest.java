package org.virtsound.plugin.domain;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What fuzzing of the metadata starts from holds already; {@code scripts/fuzz} goes on from there. */
class DomainXmlSeedsTest {
    static List<String> seeds() {
        return DomainXmlFuzz.seeds();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everySeedHolds(String seed) {
        DomainXmlFuzz.fuzzerTestOneInput(seed.getBytes(UTF_8));
    }
}
