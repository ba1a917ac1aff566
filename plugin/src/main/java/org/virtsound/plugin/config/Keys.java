package org.virtsound.plugin.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads typed values by key and remembers each key it was asked for, so that what is left over is unknown. */
final class Keys {
    private static final String NONE = "none";

    private final ConfigObject root;
    private final TreeSet<String> known = new TreeSet<>();
    private final Set<String> openSections = new TreeSet<>();

    Keys(Config config) {
        this.root = config.root();
    }

    String text(String key, String defaultValue) throws BadConfigException {
        ConfigValue value = find(key);
        return value == null ? defaultValue : scalar(key, value, "a string");
    }

    /** Null where the key is absent, null or {@code none}. */
    @Nullable
    String optionalText(String key) throws BadConfigException {
        return optionalText(key, NONE);
    }

    /** Null where it is {@code none}. */
    @Nullable
    String optionalText(String key, String defaultValue) throws BadConfigException {
        String text = text(key, defaultValue);
        return text.equals(NONE) ? null : text;
    }

    List<String> texts(String key, List<String> defaultValue) throws BadConfigException {
        ConfigValue value = find(key);
        if (value == null) {
            return defaultValue;
        }
        if (!(value instanceof ConfigList list)) {
            return List.of(scalar(key, value, "a string or a list of strings"));
        }
        List<String> texts = new ArrayList<>();
        for (ConfigValue element : list) {
            texts.add(scalar(key, element, "a string or a list of strings"));
        }
        if (texts.isEmpty()) {
            throw bad(key, value, "at least one element");
        }
        return List.copyOf(texts);
    }

    int number(String key, int defaultValue, int min, int max) throws BadConfigException {
        ConfigValue value = find(key);
        if (value == null) {
            return defaultValue;
        }
        String expected = "a whole number from " + min + " to " + max;
        String text = scalar(key, value, expected);
        try {
            int number = Integer.parseInt(text);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw bad(key, value, expected);
        }
        throw bad(key, value, expected);
    }

    boolean yesNo(String key, boolean defaultValue) throws BadConfigException {
        ConfigValue value = find(key);
        if (value == null) {
            return defaultValue;
        }
        return switch (scalar(key, value, "yes or no")) {
            case "yes", "on", "true" -> true;
            case "no", "off", "false" -> false;
            default -> throw bad(key, value, "yes or no");
        };
    }

    <E extends Enum<E>> E oneOf(String key, E defaultValue) throws BadConfigException {
        ConfigValue value = find(key);
        if (value == null) {
            return defaultValue;
        }
        E[] all = defaultValue.getDeclaringClass().getEnumConstants();
        List<String> names = new ArrayList<>();
        for (E one : all) {
            names.add(one.name().toLowerCase(Locale.ROOT));
        }
        String expected = String.join(" | ", names);
        String text = scalar(key, value, expected);
        // HOCON reads yes and no as they stand, but true and false as booleans.
        int index = names.indexOf(text.equals("true") ? "yes" : text.equals("false") ? "no" : text);
        if (index < 0) {
            throw bad(key, value, expected);
        }
        return all[index];
    }

    /** The names of the sections in a section at the top; whoever asks reads what is in them. */
    Set<String> sections(String key) throws BadConfigException {
        openSections.add(key);
        ConfigValue value = root.get(key);
        if (value == null) {
            return Set.of();
        }
        if (!(value instanceof ConfigObject object)) {
            throw bad(key, value, "a section of sections: " + key + " { NAME { … } }");
        }
        for (Map.Entry<String, ConfigValue> inner : object.entrySet()) {
            if (!(inner.getValue() instanceof ConfigObject)) {
                throw bad(key + "." + inner.getKey(), inner.getValue(), "a section: " + inner.getKey() + " { … }");
            }
        }
        return new TreeSet<>(object.keySet());
    }

    /** What was asked for by now. */
    Set<String> known() {
        return Set.copyOf(known);
    }

    /** Call last: whatever was not asked for by now is no key of ours. */
    void refuseUnknown() throws BadConfigException {
        refuseUnknown("", root);
    }

    BadConfigException bad(String key, String expected) {
        ConfigValue value = find(key);
        return value == null ? new BadConfigException(key + ": expected " + expected) : bad(key, value, expected);
    }

    /** @param message that says all but where */
    BadConfigException refused(String key, String message) {
        ConfigValue value = find(key);
        return new BadConfigException(
                (value == null ? "" : value.origin().description() + ": ") + key + ": " + message);
    }

    private void refuseUnknown(String prefix, ConfigObject object) throws BadConfigException {
        for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
            String key = prefix + entry.getKey();
            if (known.contains(key) || openSections.contains(key)) {
                continue;
            }
            String next = known.ceiling(key + ".");
            boolean section = next != null && next.startsWith(key + ".");
            if (section && entry.getValue() instanceof ConfigObject inner) {
                refuseUnknown(key + ".", inner);
            } else if (section) {
                throw bad(key, entry.getValue(), "a section: " + key + " { … }");
            } else {
                throw new BadConfigException(entry.getValue().origin().description() + ": unknown key " + key
                        + " (the nearest known one is " + NearestName.of(key, known) + ")");
            }
        }
    }

    private @Nullable ConfigValue find(String key) {
        known.add(key);
        ConfigObject object = root;
        String[] steps = key.split("\\.", -1);
        for (int i = 0; i < steps.length - 1; i++) {
            if (!(object.get(steps[i]) instanceof ConfigObject inner)) {
                return null;
            }
            object = inner;
        }
        ConfigValue value = object.get(steps[steps.length - 1]);
        return value == null || value.valueType() == ConfigValueType.NULL ? null : value;
    }

    private static String scalar(String key, ConfigValue value, String expected) throws BadConfigException {
        return switch (value.valueType()) {
            case STRING, NUMBER, BOOLEAN -> String.valueOf(value.unwrapped()).trim();
            case OBJECT, LIST, NULL -> throw bad(key, value, expected);
        };
    }

    private static BadConfigException bad(String key, ConfigValue value, String expected) {
        return new BadConfigException(
                value.origin().description() + ": " + key + " = " + value.render() + " (expected: " + expected + ")");
    }
}
