package org.virtsound.plugin.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DomainTextsTest {
    private final DomainTexts texts = new DomainTexts();

    @Test
    void aTextIsReadOnceWhileLooksMeetIt() {
        Domain first = texts.domain(named("desk"));

        for (int look = 0; look < 3; look++) {
            texts.lookBegins();
            assertThat(texts.domain(named("desk"))).isSameAs(first);
        }
        assertThat(texts.domain(named("door")).name()).isEqualTo("door");
    }

    @Test
    void aTextThatAWholeLookDoesNotMeetIsForgotten() {
        Domain first = texts.domain(named("desk"));

        texts.lookBegins();
        texts.lookBegins();

        assertThat(texts.domain(named("desk"))).isNotSameAs(first).isEqualTo(first);
    }

    @Test
    void whatIsNoDomainIsRefusedEachTime() {
        for (int look = 0; look < 2; look++) {
            assertThatThrownBy(() -> texts.domain("<domain/>")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static String named(String name) {
        return "<domain type='xen' id='3'><name>" + name
                + "</name><uuid>6b1c9c4e-8d0f-4a52-9a6e-0c1d2e3f4a5b</uuid></domain>";
    }
}
