package org.virtsound.plugin.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void anObjectIsReadAndWritten() {
        assertThat(Json.parse("{\"a\": [1, {\"b\": \"]\\\"}\"}], \"c\": null}"))
                .containsEntry("a", List.of(1, Map.of("b", "]\"}")));
        assertThat(Json.render(Map.of("b", 1, "a", true))).isEqualTo("{\"a\":true,\"b\":1}");
    }

    @Test
    void aBodyNestedWithoutEndIsRefusedBeforeTheStackEnds() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Json.parse("{\"a\":" + "[".repeat(30_000)))
                .withMessage("JSON depth: 33 (expected: <= 32)");
    }

    @Test
    void bracketsInATextAreNoDepth() {
        assertThat(Json.parse("{\"a\": \"" + "[".repeat(100) + "\\\\\"}")).containsEntry("a", "[".repeat(100) + "\\");
    }

    @Test
    void whatIsNoObjectIsRefused() {
        for (String text : List.of("", "[]", "{", "{\"a\"}", "\"", "\\", "{a:1}", "1")) {
            assertThatIllegalArgumentException().as(text).isThrownBy(() -> Json.parse(text));
        }
    }
}
