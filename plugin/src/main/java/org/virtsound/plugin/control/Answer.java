package org.virtsound.plugin.control;

import java.util.Map;

/** What a resource answers; an error says what to do. */
record Answer(int status, String contentType, String body) {
    static final String JSON = "application/json";

    static Answer json(Map<String, ?> object) {
        return new Answer(200, JSON, Json.render(object) + "\n");
    }

    static Answer error(int status, String message) {
        return new Answer(status, JSON, Json.render(Map.of("error", message)) + "\n");
    }
}
