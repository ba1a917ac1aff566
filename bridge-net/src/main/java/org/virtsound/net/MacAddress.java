package org.virtsound.net;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A unicast Ethernet address, kept as the tools print it: lower case, colons.
 *
 * @param text for example {@code 52:54:00:12:34:56}; upper case and dashes are taken too
 */
public record MacAddress(String text) {
    private static final Pattern SHAPE = Pattern.compile("[0-9a-f]{2}(:[0-9a-f]{2}){5}");

    public MacAddress {
        requireNonNull(text, "text is null");
        String given = text;
        text = text.toLowerCase(Locale.ROOT).replace('-', ':');
        if (!SHAPE.matcher(text).matches()) {
            throw new IllegalArgumentException("MAC address '" + given + "' (expected: six bytes such as"
                    + " 52:54:00:12:34:56); write it as 'ip link' prints it");
        }
        if (text.equals("00:00:00:00:00:00") || (Integer.parseInt(text.substring(0, 2), 16) & 1) == 1) {
            throw new IllegalArgumentException("MAC address '" + given + "' belongs to no single card (expected: a"
                    + " unicast address); clear the lowest bit of its first byte");
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
