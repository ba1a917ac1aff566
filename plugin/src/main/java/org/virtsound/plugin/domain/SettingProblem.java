package org.virtsound.plugin.domain;

import java.util.regex.Pattern;

/**
 * A setting that cannot be used; it has its default, its neighbours have what they say.
 *
 * @param where element and attribute, as in {@code playback volume}
 * @param value as it stands in the domain, shortened and free of control characters
 */
public record SettingProblem(String where, String value, String expected) {
    private static final int SHOWN_CHARS = 64;
    /** Control characters above ASCII too, and those that turn the direction of what follows. */
    private static final Pattern NOT_FOR_TERMINALS = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

    public SettingProblem {
        value = NOT_FOR_TERMINALS.matcher(value).replaceAll("?");
        value = value.length() > SHOWN_CHARS ? value.substring(0, SHOWN_CHARS) + "…" : value;
    }

    @Override
    public String toString() {
        return where + "=\"" + value + "\" (expected: " + expected + ")";
    }
}
