package org.virtsound.plugin.config;

/** The configuration cannot be used; the message names file, key, value and what was expected. */
public final class BadConfigException extends Exception {
    BadConfigException(String message) {
        super(message);
    }
}
