package org.virtsound.audio.pulse;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Properties of a client, stream or device in their order on the wire; immutable. A value is bytes; a text value is UTF-8 with one
 * NUL at its end, which {@link #text} takes off and {@link #with} puts on.
 */
public final class Proplist {
    public static final Proplist EMPTY = new Proplist(new LinkedHashMap<>());

    private final Map<String, byte[]> values;

    /** @param values in order; owned by the new list, arrays included */
    Proplist(Map<String, byte[]> values) {
        this.values = values;
    }

    public static Proplist of(String key, String text) {
        return EMPTY.with(key, text);
    }

    /** @return this list and one entry more; an entry of the same key is replaced in its place */
    public Proplist with(String key, String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("property " + key + ": a NUL within its text");
        }
        return with(key, (text + '\0').getBytes(StandardCharsets.UTF_8));
    }

    /** @param value as on the wire; copied */
    public Proplist with(String key, byte[] value) {
        if (!validKey(key)) {
            throw new IllegalArgumentException("property key: '" + key + "' (expected: printable ASCII, not empty)");
        }
        LinkedHashMap<String, byte[]> copy = new LinkedHashMap<>(values);
        copy.put(key, value.clone());
        return new Proplist(copy);
    }

    /** @return the text up to its first NUL; null where there is no such key */
    public @Nullable String text(String key) {
        byte[] value = values.get(key);
        if (value == null) {
            return null;
        }
        int end = 0;
        while (end < value.length && value[end] != 0) {
            end++;
        }
        return new String(value, 0, end, StandardCharsets.UTF_8);
    }

    public Set<String> keys() {
        return Collections.unmodifiableSet(values.keySet());
    }

    public int size() {
        return values.size();
    }

    /** Key and value of each entry; the value is not to be changed. */
    void forEach(BiConsumer<String, byte[]> entry) {
        values.forEach(entry);
    }

    /** As libpulse has it: not empty, ASCII. Control characters are refused too: keys are logged. */
    static boolean validKey(String key) {
        return !key.isEmpty() && key.chars().allMatch(c -> c >= 0x20 && c < 0x7F);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Proplist that
                && values.keySet().equals(that.values.keySet())
                && values.entrySet().stream().allMatch(e -> Arrays.equals(e.getValue(), that.values.get(e.getKey())));
    }

    @Override
    public int hashCode() {
        return values.keySet().hashCode();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        values.keySet()
                .forEach(key -> text.append(text.length() > 1 ? ", " : "")
                        .append(key)
                        .append('=')
                        .append(text(key)));
        return text.append('}').toString();
    }
}
