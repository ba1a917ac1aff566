package org.virtsound.plugin.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One link of the chain from libvirt to the host's card, as the doctor found it.
 *
 * @param name of the link, in a word or two
 * @param found what is there
 * @param expected what should be; empty where it is
 * @param next the step that mends it, best a command; empty where there is nothing to mend
 */
record Link(String name, State state, String found, String expected, String next) {
    enum State {
        OK,
        BROKEN,
        /** Whole, and nothing passes: nothing plays, or the microphone is withheld. */
        IDLE,
        /** Could not be looked at. */
        UNKNOWN
    }

    static Link ok(String name, String found) {
        return new Link(name, State.OK, found, "", "");
    }

    static Link broken(String name, String found, String expected, String next) {
        return new Link(name, State.BROKEN, found, expected, next);
    }

    static Link idle(String name, String found, String expected, String next) {
        return new Link(name, State.IDLE, found, expected, next);
    }

    static Link unknown(String name, String why) {
        return new Link(name, State.UNKNOWN, why, "", "");
    }

    /** @param found what is in the way, null where nothing is */
    static Link of(String name, @Nullable String found, String whole, String expected, String next) {
        return found == null ? ok(name, whole) : broken(name, found, expected, next);
    }

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("link", name);
        map.put("state", state.name().toLowerCase(java.util.Locale.ROOT));
        map.put("found", found);
        map.put("expected", expected);
        map.put("next", next);
        return map;
    }
}
