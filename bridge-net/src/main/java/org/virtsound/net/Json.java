package org.virtsound.net;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what {@code ip -j} and {@code bridge -j} print: a list of objects, or nothing at all. */
final class Json {
    private static final ConfigParseOptions JSON = ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON);

    private Json() {}

    static List<Map<String, Object>> objects(String text) {
        return text.isBlank() ? List.of() : objects(object("{\"list\":" + text + "}"), "list");
    }

    static Map<String, Object> object(String text) {
        return text.isBlank()
                ? Map.of()
                : ConfigFactory.parseString(text, JSON).root().unwrapped();
    }

    static List<?> list(Map<String, Object> parent, String key) {
        return parent.get(key) instanceof List<?> list ? list : List.of();
    }

    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> objects(Map<String, Object> parent, String key) {
        return parent.get(key) instanceof List<?> list
                ? (List<Map<String, Object>>)
                        (List<?>) list.stream().filter(Map.class::isInstance).toList()
                : List.of();
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Map<String, Object> parent, String key) {
        return parent.get(key) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    static String text(Map<String, Object> parent, String key) {
        Object value = parent.get(key);
        return value == null ? "" : value.toString();
    }

    static long number(Map<String, Object> parent, String key) {
        return parent.get(key) instanceof Number value ? value.longValue() : 0;
    }

    static @Nullable Boolean flag(Map<String, Object> parent, String key) {
        return parent.get(key) instanceof Boolean value ? value : null;
    }
}
