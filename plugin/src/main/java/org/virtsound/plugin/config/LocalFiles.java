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
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.relay.GuestPolicy;
import org.virtsound.plugin.domain.AudioElement;
import org.virtsound.plugin.domain.AudioElement.Setting;
import org.virtsound.plugin.domain.SettingProblem;
import org.virtsound.plugin.domain.SoundSettings;

/** Endpoints as files, {@code local.d/NAME.conf} beside the configuration; and as JSON, which is the same without the file. */
public final class LocalFiles {
    private static final Logger log = Logger.getLogger(LocalFiles.class.getName());
    private static final String SUFFIX = ".conf";
    /** Where a domain's metadata has the settings that an endpoint has. */
    private static final Map<String, Setting> SETTINGS = Map.of(
            "mic", new Setting("capture", "policy", null),
            "volume", new Setting("playback", "volume", null),
            "mute", new Setting("playback", "mute", null),
            "sink", new Setting("playback", "sink", null),
            "source", new Setting("capture", "source", null));

    static final Set<String> KEYS = Stream.concat(
                    Stream.of("user", "group", "uid", "tcp", "allow"), SETTINGS.keySet().stream())
            .collect(Collectors.toUnmodifiableSet());

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
                    found.put(name, read(name));
                } catch (IllegalArgumentException | ConfigException e) {
                    log.log(Level.SEVERE, file + ": " + e.getMessage() + "; the endpoint is left out");
                } catch (IOException e) {
                    log.log(
                            Level.SEVERE,
                            file + ": cannot be read (expected: a file of text in UTF-8): " + e
                                    + "; the endpoint is left out");
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            log.log(Level.SEVERE, directory + ": cannot be read: " + e.getMessage());
        }
        return new ArrayList<>(found.values());
    }

    /** One endpoint, as it is written down. */
    public LocalEndpoint read(String name) throws IOException {
        return parse(name, ConfigFactory.parseString(Files.readString(directory.resolve(name + SUFFIX))));
    }

    /** Writes the endpoint's file, in place of the one it had. */
    public void write(LocalEndpoint endpoint) throws IOException {
        Path fresh = directory.resolve("." + endpoint.name() + ".new");
        String text = ConfigValueFactory.fromMap(values(endpoint))
                .render(ConfigRenderOptions.defaults().setOriginComments(false).setJson(false));
        try {
            Files.createDirectories(directory);
            Files.writeString(fresh, text);
            Files.move(fresh, directory.resolve(endpoint.name() + SUFFIX), ATOMIC_MOVE, REPLACE_EXISTING);
        } catch (AccessDeniedException e) {
            throw notWritable("the endpoint would not outlive a restart", e);
        }
    }

    /** Deletes the endpoint's file, where it has one. */
    public void remove(String name) throws IOException {
        try {
            Files.deleteIfExists(directory.resolve(name + SUFFIX));
        } catch (AccessDeniedException e) {
            throw notWritable("the endpoint would come back at the next start", e);
        }
    }

    private IOException notWritable(String consequence, IOException cause) {
        return new IOException(
                directory + ": may not be written by the service's user, so " + consequence
                        + " (expected: a directory of that user's); run: install -d -o virt-sound " + directory,
                cause);
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
        return new LocalEndpoint(name, door, policy(config));
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
        GuestPolicy policy = endpoint.policy();
        values.put("mic", policy.capture().name().toLowerCase(Locale.ROOT));
        putPresent(values, "volume", policy.volumePercent() == null ? null : policy.volumePercent() + "%");
        putPresent(values, "mute", policy.mute() == null ? null : policy.mute() ? "yes" : "no");
        putPresent(values, "sink", policy.sink());
        putPresent(values, "source", policy.source());
        return values;
    }

    /**
     * The endpoint with some settings changed, named as in a domain's metadata.
     *
     * @throws IllegalArgumentException where one cannot be used
     */
    public static LocalEndpoint with(LocalEndpoint endpoint, List<Setting> settings) {
        Map<String, Object> values = values(endpoint);
        for (Setting setting : settings) {
            String key = key(setting.where());
            values.remove(key);
            putPresent(values, key, setting.value());
        }
        return parse(endpoint.name(), ConfigValueFactory.fromMap(values).toConfig());
    }

    /** What its settings come to; a key that is not there has its default. */
    static GuestPolicy policy(Config config) {
        List<Setting> settings = new ArrayList<>();
        SETTINGS.forEach(
                (key, setting) -> settings.add(new Setting(setting.element(), setting.attribute(), text(config, key))));
        SoundSettings read = AudioElement.settings(settings);
        for (SettingProblem problem : read.problems()) {
            throw new IllegalArgumentException(
                    key(problem.where()) + ": " + problem.value() + " (expected: " + problem.expected() + ")");
        }
        return read.policy();
    }

    private static String key(String where) {
        return SETTINGS.entrySet().stream()
                .filter(entry -> entry.getValue().where().equals(where))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("a local endpoint has no setting " + where));
    }

    private static void putPresent(Map<String, Object> values, String key, @Nullable Object value) {
        if (value != null) {
            values.put(key, value.toString());
        }
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
