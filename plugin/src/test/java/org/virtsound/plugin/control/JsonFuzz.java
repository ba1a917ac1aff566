package org.virtsound.plugin.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Any body is a JSON object, which then reads the same again, or is refused; nothing else is thrown. */
public final class JsonFuzz {
    private static final String[] SEEDS = {
        "{}",
        "{\"duration\": \"30m\"}",
        "{\"percent\": 80, \"persistent\": true}",
        "{\"a\": [1, -2.5e10, null, false, {\"b\": \"\\u00e9\\n\"}]}",
        "{\"a\":" + "[".repeat(40) + "]".repeat(40) + "}",
        "{\"a.b\": 1, \"a\": {\"b\": 2}, \"$\": \"${x}\"}",
        "[1]",
        "{\"a\": 1e999}",
        "{\"include\": \"/etc/passwd\"}"
    };

    private JsonFuzz() {}

    /** @param arguments the directory to write seeds to */
    public static void main(String... arguments) throws IOException {
        for (int i = 0; i < SEEDS.length; i++) {
            Files.writeString(Path.of(arguments[0], "seed" + i), SEEDS[i]);
        }
    }

    public static void fuzzerTestOneInput(byte[] input) {
        Map<String, Object> object;
        try {
            object = Json.parse(new String(input, UTF_8));
        } catch (IllegalArgumentException refused) {
            return;
        }
        if (object.toString().contains("Infinity")) {
            return; // a number too large for a double, which nothing here writes
        }
        Map<String, Object> again = Json.parse(Json.render(object));
        if (!again.equals(object)) {
            throw new AssertionError(object + " became " + again);
        }
    }
}
