package org.virtsound.audio.pulse;

/**
 * What a {@link TagReader} takes from its peer, checked before anything is allocated.
 *
 * @param stringBytes one string, without its NUL
 * @param arbitraryBytes one block of bytes: a cookie, a property's value
 * @param proplistEntries one property list
 */
public record TagLimits(int stringBytes, int arbitraryBytes, int proplistEntries) {
    public static final TagLimits GUEST = new TagLimits(4 << 10, 64 << 10, 64);
    public static final TagLimits HOST = new TagLimits(64 << 10, 64 << 10, 1024);
}
