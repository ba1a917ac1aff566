package org.virtsound.plugin.control;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValueFactory;
import java.util.Map;

/** JSON objects as maps; keys come out sorted. */
public final class Json {
    private static final ConfigRenderOptions CONCISE = ConfigRenderOptions.concise();
    private static final ConfigRenderOptions INDENTED =
            ConfigRenderOptions.concise().setFormatted(true);

    private static final int DEPTH_MAX = 32;

    private Json() {}

    /** On one line. */
    public static String render(Map<String, ?> object) {
        return ConfigValueFactory.fromMap(object).render(CONCISE);
    }

    /** For people. */
    public static String renderIndented(Map<String, ?> object) {
        return ConfigValueFactory.fromMap(object).render(INDENTED);
    }

    /** @throws IllegalArgumentException where the text is no JSON object, or one nested too deep */
    public static Map<String, Object> parse(String text) {
        checkDepth(text);
        try {
            return ConfigFactory.parseString(text, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON))
                    .root()
                    .unwrapped();
        } catch (ConfigException e) {
            throw new IllegalArgumentException("no JSON object: " + e.getMessage(), e);
        }
    }

    /** The parser goes down once for each bracket, and the stack ends before a request's body does. */
    private static void checkDepth(String text) {
        int depth = 0;
        boolean inString = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (inString) {
                i += c == '\\' ? 1 : 0;
                inString = c != '"';
            } else if (c == '"') {
                inString = true;
            } else if (c == '[' || c == '{') {
                depth++;
            } else if (c == ']' || c == '}') {
                depth--;
            }
            if (depth > DEPTH_MAX) {
                throw new IllegalArgumentException("JSON depth: " + depth + " (expected: <= " + DEPTH_MAX + ")");
            }
        }
    }
}
