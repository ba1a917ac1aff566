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

    private Json() {}

    /** On one line. */
    public static String render(Map<String, ?> object) {
        return ConfigValueFactory.fromMap(object).render(CONCISE);
    }

    /** For people. */
    public static String renderIndented(Map<String, ?> object) {
        return ConfigValueFactory.fromMap(object).render(INDENTED);
    }

    /** @throws IllegalArgumentException where the text is no JSON object */
    public static Map<String, Object> parse(String text) {
        try {
            return ConfigFactory.parseString(text, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON))
                    .root()
                    .unwrapped();
        } catch (ConfigException e) {
            throw new IllegalArgumentException("no JSON object: " + e.getMessage(), e);
        }
    }
}
