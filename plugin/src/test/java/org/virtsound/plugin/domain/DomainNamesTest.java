package org.virtsound.plugin.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DomainNamesTest {
    private static final DomainNames YEAR = new DomainNames(-1, new UUID(0, 1), "2024");
    private static final DomainNames THREE = new DomainNames(7, new UUID(0, 2), "3");
    private static final DomainNames WIN = new DomainNames(3, new UUID(0xabc, 3), "win");
    private static final DomainNames IMPOSTOR =
            new DomainNames(9, new UUID(0, 4), WIN.uuid().toString());

    private static Optional<DomainNames> find(String reference) {
        return DomainNames.find(List.of(IMPOSTOR, YEAR, THREE, WIN), names -> names, reference);
    }

    @Test
    void anIdGoesBeforeAUuidAndThatBeforeAName() {
        assertThat(find("3")).contains(WIN);
        assertThat(find("7")).contains(THREE);
        assertThat(find(WIN.uuid().toString())).contains(WIN);
        assertThat(find(WIN.uuid().toString().toUpperCase(Locale.ROOT))).contains(WIN);
        assertThat(find("win")).contains(WIN);
        assertThat(find("2024")).contains(YEAR);
        assertThat(find("-1")).isEmpty();
        assertThat(find("nobody")).isEmpty();
    }
}
