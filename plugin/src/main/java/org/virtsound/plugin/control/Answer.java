package org.virtsound.plugin.control;

import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletionException;

/** What a resource answers; an error says what to do. */
record Answer(int status, String contentType, String body) {
    static final String JSON = "application/json";

    static Answer json(Map<String, ?> object) {
        return new Answer(200, JSON, Json.render(object) + "\n");
    }

    static Answer error(int status, String message) {
        return new Answer(status, JSON, Json.render(Map.of("error", message)) + "\n");
    }

    /** What to say of a call that ended so: 400 where what was asked is wrong, 404 of what is not there, 409 where it cannot be now. */
    static Answer of(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        int status =
                cause instanceof IllegalArgumentException ? 400 : cause instanceof NoSuchElementException ? 404 : 409;
        return error(status, String.valueOf(cause.getMessage()));
    }
}
