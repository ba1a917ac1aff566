package org.virtsound.plugin.config;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.relay.CapturePolicy;

/** Endpoints as files, {@code local.d/NAME.conf} beside the configuration; and as JSON, which is the same without the file. */
public final class LocalFiles {
    private static final System.Logger log = System.getLogger(LocalFiles.class.getName());
    private static final String SUFFIX = ".conf";
    private static final Set<String> KEYS = Set.of("user", "group", "uid", "mic", "tcp", "allow");

    private final Path directory;

    /** @param directory made when the first endpoint is written */
    public LocalFiles(Path directory) {
        this.directory = directory;
    }

    /** @return all that are fit, by name; one that is not is named in the log */
    public List<LocalEndpoint> read() {
        Map<String, LocalEndpoint> found = new TreeMap<>();
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : files) {
                String fileName = file.getFileName().toString();
                String name = fileName.substring(0, fileName.length() - SUFFIX.length());
                try {
                    found.put(name, parse(name, ConfigFactory.parseString(Files.readString(file))));
                } catch (IllegalArgumentException | ConfigException e) {
                    log.log(System.Logger.Level.ERROR, file + ": " + e.getMessage() + "; the endpoint is left out");
                }
            }
        } catch (IOException e) {
            log.log(System.Logger.Level.ERROR, directory + ": cannot be read: " + e.getMessage());
        }
        return new ArrayList<>(found.values());
    }

    /** Writes the endpoint's file, in place of the one it had. */
    public void write(LocalEndpoint endpoint) throws IOException {
        Files.createDirectories(directory);
        Path fresh = directory.resolve("." + endpoint.name() + ".new");
        String text = ConfigValueFactory.fromMap(values(endpoint))
                .render(ConfigRenderOptions.defaults().setOriginComments(false).setJson(false));
        Files.writeString(fresh, text);
        Files.move(fresh, directory.resolve(endpoint.name() + SUFFIX), ATOMIC_MOVE, REPLACE_EXISTING);
    }

    public void remove(String name) throws IOException {
        Files.deleteIfExists(directory.resolve(name + SUFFIX));
    }

    /**
     * Reads one endpoint.
     *
     * @throws IllegalArgumentException with the key, its value and what was expected
     */
    public static LocalEndpoint parse(String name, Config config) {
        refuseUnknown(config, KEYS);
        String tcp = text(config, "tcp");
        String uids = text(config, "uid");
        LocalEndpoint.Door door = tcp != null
                ? new LocalEndpoint.Tcp(tcp, texts(config, "allow"))
                : new LocalEndpoint.Socket(
                        text(config, "user"),
                        text(config, "group"),
                        uids == null ? null : LocalEndpoint.UidRange.parse(uids));
        if (tcp != null && (uids != null || config.hasPath("user") || config.hasPath("group"))) {
            throw new IllegalArgumentException("tcp beside a user, a group or uids (expected: tcp and allow alone)");
        }
        return new LocalEndpoint(name, door, mic(text(config, "mic")));
    }

    static void refuseUnknown(Config section, Set<String> known) {
        for (String key : section.root().keySet()) {
            if (!known.contains(key)) {
                throw new IllegalArgumentException("unknown key " + key + " (expected: one of "
                        + String.join(", ", known.stream().sorted().toList()) + ")");
            }
        }
    }

    /** The endpoint's keys and values, as {@link #parse} reads them. */
    public static Map<String, Object> values(LocalEndpoint endpoint) {
        Map<String, Object> values = new LinkedHashMap<>();
        if (endpoint.door() instanceof LocalEndpoint.Tcp tcp) {
            values.put("tcp", tcp.address());
            values.put("allow", tcp.allow());
        } else if (endpoint.door() instanceof LocalEndpoint.Socket socket) {
            putPresent(values, "user", socket.user());
            putPresent(values, "group", socket.group());
            putPresent(values, "uid", socket.uids());
        }
        values.put("mic", endpoint.mic().name().toLowerCase(Locale.ROOT));
        return values;
    }

    private static void putPresent(Map<String, Object> values, String key, @Nullable Object value) {
        if (value != null) {
            values.put(key, value.toString());
        }
    }

    static CapturePolicy mic(@Nullable String text) {
        if (text == null) {
            return CapturePolicy.ASK;
        }
        // HOCON reads a bare off as it stands and a bare false as a boolean.
        return Arrays.stream(CapturePolicy.values())
                .filter(policy -> policy.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("mic: " + text + " (expected: off | ask | on)"));
    }

    static @Nullable String text(Config config, String key) {
        ConfigValue value = config.root().get(key);
        return value == null || value.unwrapped() == null ? null : String.valueOf(value.unwrapped());
    }

    private static List<String> texts(Config config, String key) {
        ConfigValue value = config.root().get(key);
        Object plain = value == null ? null : value.unwrapped();
        if (plain instanceof List<?> list) {
            return list.stream().map(String::valueOf).toList();
        }
        return plain == null ? List.of() : List.of(String.valueOf(plain).split(","));
    }
}
