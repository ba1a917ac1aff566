package org.virtsound.net;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * Why nothing was changed: what is in the way, and what to do about it.
 *
 * @param object what this is about and how it was found, such as {@code bridge SOUND has 10.0.0.1/24}
 * @param expected what it should be
 * @param next the next step, best a command
 */
public record Problem(String object, String expected, String next) {
    public Problem {
        requireNonNull(object, "object is null");
        requireNonNull(expected, "expected is null");
        requireNonNull(next, "next is null");
    }

    @Override
    public String toString() {
        return object + " (expected: " + expected + "); " + next;
    }

    /** For programs. */
    public Map<String, Object> toMap() {
        return Map.of("object", object, "expected", expected, "next", next);
    }
}
