package org.virtsound.plugin.domain;

/**
 * A setting that cannot be used; it has its default, its neighbours have what they say.
 *
 * @param where element and attribute, as in {@code playback volume}
 * @param value as it stands in the domain, shortened and free of control characters
 */
public record SettingProblem(String where, String value, String expected) {
    private static final int SHOWN_CHARS = 64;

    public SettingProblem {
        value = value.replaceAll("\\p{Cntrl}", "?");
        value = value.length() > SHOWN_CHARS ? value.substring(0, SHOWN_CHARS) + "…" : value;
    }

    @Override
    public String toString() {
        return where + "=\"" + value + "\" (expected: " + expected + ")";
    }
}
