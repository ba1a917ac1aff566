package org.virtsound.plugin.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads what the daemon answered, and shows it as people do. */
final class Fields {
    private final Map<?, ?> object;

    Fields(@Nullable Object object) {
        this.object = object instanceof Map<?, ?> map ? map : Map.of();
    }

    /** "-" where it is not there. */
    String text(String key) {
        return text(key, "-");
    }

    String text(String key, String absent) {
        return Objects.toString(object.get(key), absent);
    }

    boolean is(String key) {
        return Boolean.TRUE.equals(object.get(key));
    }

    boolean has(String key) {
        return object.get(key) != null;
    }

    long number(String key) {
        return object.get(key) instanceof Number number ? number.longValue() : 0;
    }

    double real(String key) {
        return object.get(key) instanceof Number number ? number.doubleValue() : 0;
    }

    List<?> list(String key) {
        return object.get(key) instanceof List<?> list ? list : List.of();
    }

    List<String> keys() {
        return object.keySet().stream().map(String::valueOf).toList();
    }

    Fields in(String key) {
        return new Fields(object.get(key));
    }

    /** Bytes in a unit that keeps the number short. */
    String bytes(String key) {
        long bytes = number(key);
        return bytes < 10_000
                ? bytes + " B"
                : bytes < 10_000_000
                        ? bytes / 1000 + " kB"
                        : String.format(Locale.ROOT, "%.1f MB", bytes / 1_000_000.0);
    }
}
