package org.virtsound.plugin.domain;

/** What a user types to do by hand what we cannot: virsh(1) for a domain's own driver, which need not be its default. */
public final class Virsh {
    private static final String NEEDS_NO_QUOTES = "[A-Za-z0-9:/+._@-]+";

    private Virsh() {}

    /** @return {@code virsh -c URI}, for a shell */
    public static String at(String uri) {
        return "virsh -c " + (uri.matches(NEEDS_NO_QUOTES) ? uri : "'" + uri + "'");
    }
}
