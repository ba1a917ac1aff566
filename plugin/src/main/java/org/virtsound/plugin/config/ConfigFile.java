package org.virtsound.plugin.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.relay.GuestLimits;
import org.virtsound.audio.relay.LatencyBudget;
import org.virtsound.net.Subnet;
import org.virtsound.plugin.config.ServiceConfig.Dhcp;
import org.virtsound.plugin.config.ServiceConfig.Vchan.Transport;

/** From a file to a {@link ServiceConfig}; one method reads every key there is. */
public final class ConfigFile {
    public static final Path DEFAULT_PATH = Path.of("/etc/virt-sound/virt-sound.conf");

    private static final Pattern HOST_SERVER =
            Pattern.compile("auto|silence|unix:/.+|tcp:.+:[0-9]{1,5}|alsa:.+|wav:/.+");
    private static final Pattern LOOPBACK = Pattern.compile("(127(?:\\.[0-9]{1,3}){3}|\\[::1\\]):([0-9]{1,5})");
    private static final Pattern UNQUOTED = Pattern.compile("\\s*([\\w.-]+)\\s*[=:]\\s*([^\"\\s#]*[:/][^\"\\s#]*).*");

    private ConfigFile() {}

    /** @param file null for the default path, which need not exist */
    public static ServiceConfig read(@Nullable Path file) throws BadConfigException {
        Path path = file == null ? DEFAULT_PATH : file;
        Path localDir = path.toAbsolutePath().resolveSibling("local.d");
        if (file == null && !Files.exists(path)) {
            return defaults();
        }
        String text;
        try {
            text = Files.readString(path);
        } catch (IOException e) {
            throw new BadConfigException(path + ": cannot be read: " + reason(e));
        }
        try {
            return parse(
                    ConfigFactory.parseString(
                                    text,
                                    ConfigParseOptions.defaults()
                                            .setSyntax(ConfigSyntax.CONF)
                                            .setOriginDescription(path.toString()))
                            .resolve(ConfigResolveOptions.noSystem()),
                    localDir);
        } catch (ConfigException e) {
            throw new BadConfigException(explain(e, text));
        }
    }

    /** What holds where there is no file. */
    public static ServiceConfig defaults() {
        try {
            return parse(ConfigFactory.empty(), DEFAULT_PATH.resolveSibling("local.d"));
        } catch (BadConfigException e) {
            throw new IllegalStateException(e);
        }
    }

    static ServiceConfig parse(Config config, Path localDir) throws BadConfigException {
        return parse(config, new Keys(config), localDir);
    }

    static ServiceConfig parse(Config config, Keys keys, Path localDir) throws BadConfigException {
        List<String> uris = keys.texts("libvirt-uri", List.of("xen:///system", "qemu:///system", "lxc:///system"));
        boolean serveAll = config.hasPath("libvirt-uri");
        for (String uri : uris) {
            if (!uri.contains("://")) {
                throw keys.bad("libvirt-uri", "libvirt's URIs, as in \"qemu:///system\"");
            }
        }
        String hostServer = keys.text("host-server", "auto");
        if (!HOST_SERVER.matcher(hostServer).matches()) {
            throw keys.bad(
                    "host-server",
                    "\"auto\", \"unix:/PATH\", \"tcp:HOST:PORT\", \"alsa:PCM\", \"wav:/DIR\" or \"silence\"");
        }
        ServiceConfig.Network network = network(keys);
        ServiceConfig read = new ServiceConfig(
                uris,
                serveAll,
                hostServer,
                absolute(keys, "runtime-dir", "/run/virt-sound"),
                network,
                audio(keys),
                limits(keys),
                vchan(keys),
                new ServiceConfig.Qubes(
                        keys.yesNo("qubes.dbus", false),
                        keys.yesNo("qubes.control-socket", false),
                        absolute(keys, "qubes.control-dir", "/run/qubes"),
                        keys.yesNo("qubes.qubesdb", false),
                        absolute(keys, "qubes.qubesdb-socket", "/run/qubes/qubesdb.sock")),
                new ServiceConfig.Control(keys.optionalText("control.group", "virt-sound")),
                new ServiceConfig.Metrics(loopback(keys, "metrics.listen")),
                machines(config, keys, network),
                locals(config, keys),
                localDir);
        keys.refuseUnknown();
        return read;
    }

    private static ServiceConfig.Network network(Keys keys) throws BadConfigException {
        ServiceConfig.Network network = new ServiceConfig.Network(
                keys.text("network.bridge", "SOUND"),
                keys.text("network.tap", "sound"),
                keys.text("network.subnet", "10.47.13.0/29"),
                keys.number("network.port", 4713, 1, 65535),
                keys.yesNo("network.keep", false),
                keys.oneOf("network.dhcp", Dhcp.AUTO),
                keys.optionalText("network.firewalld-zone"),
                keys.optionalText("network.uplink"));
        try {
            Subnet.parse(network.subnet());
        } catch (IllegalArgumentException e) {
            throw keys.refused("network.subnet", String.valueOf(e.getMessage()));
        }
        try {
            network.toSoundNetwork();
        } catch (IllegalArgumentException e) {
            throw keys.refused("network", String.valueOf(e.getMessage()));
        }
        return network;
    }

    private static ServiceConfig.Audio audio(Keys keys) throws BadConfigException {
        int latencyMs = keys.number("audio.latency-ms", 30, 1, 2000);
        int maxLatencyMs = keys.number("audio.max-latency-ms", Math.max(80, latencyMs), 1, 5000);
        if (maxLatencyMs < latencyMs) {
            throw keys.bad("audio.max-latency-ms", "at least audio.latency-ms, " + latencyMs);
        }
        return new ServiceConfig.Audio(
                keys.number("audio.silence-after-s", 10, 1, 3600), new LatencyBudget(latencyMs, maxLatencyMs));
    }

    private static GuestLimits limits(Keys keys) throws BadConfigException {
        GuestLimits d = GuestLimits.DEFAULT;
        return new GuestLimits(
                keys.number("limits.connections", d.connections(), 1, 1024),
                keys.number("limits.streams", d.streams(), 1, 1024),
                keys.number("limits.control-bytes", d.controlBytes(), 1 << 10, 16 << 20),
                keys.number("limits.memblock-bytes", d.memblockBytes(), 1 << 10, 16 << 20),
                keys.number("limits.queued-bytes", d.queuedBytes(), 1 << 12, 64 << 20),
                keys.number("limits.auth-s", d.authSeconds(), 1, 600),
                keys.number("limits.samples-per-s", d.samplesPerSecond(), 1 << 10, Integer.MAX_VALUE));
    }

    private static List<LocalEndpoint> locals(Config config, Keys keys) throws BadConfigException {
        List<LocalEndpoint> locals = new ArrayList<>();
        for (String name : keys.sections("local")) {
            try {
                locals.add(LocalFiles.parse(name, config.getConfig("local").getConfig(ConfigUtil.quoteString(name))));
            } catch (IllegalArgumentException e) {
                throw new BadConfigException("local." + name + ": " + e.getMessage());
            }
        }
        return locals;
    }

    private static List<OutsideMachine> machines(Config config, Keys keys, ServiceConfig.Network network)
            throws BadConfigException {
        List<OutsideMachine> machines = new ArrayList<>();
        Set<Object> taken = new HashSet<>();
        for (String name : keys.sections("machine")) {
            try {
                OutsideMachine machine = OutsideMachine.parse(
                        name,
                        config.getConfig("machine").getConfig(ConfigUtil.quoteString(name)),
                        Subnet.parse(network.subnet()));
                if (network.uplink() == null) {
                    throw new IllegalArgumentException("network.uplink is none (expected: the Ethernet port that it"
                            + " is behind, as in network.uplink = eth1)");
                }
                if (!taken.add(machine.mac()) || !taken.add(machine.address())) {
                    throw new IllegalArgumentException("another machine has its MAC address or its address"
                            + " (expected: one of each for every machine)");
                }
                machines.add(machine);
            } catch (IllegalArgumentException e) {
                throw new BadConfigException("machine." + name + ": " + e.getMessage());
            }
        }
        return machines;
    }

    private static ServiceConfig.Vchan vchan(Keys keys) throws BadConfigException {
        Transport transport = keys.oneOf("vchan.transport", Transport.XEN);
        String dir = keys.optionalText("vchan.socket-dir");
        if (transport == Transport.SOCKET && dir == null) {
            throw keys.bad("vchan.transport", "vchan.socket-dir beside it, the directory of the sockets");
        }
        return new ServiceConfig.Vchan(transport, dir == null ? null : absolute(keys, "vchan.socket-dir", dir));
    }

    /** Only loopback: what comes in is asked no name. */
    private static @Nullable InetSocketAddress loopback(Keys keys, String key) throws BadConfigException {
        String text = keys.optionalText(key);
        if (text == null) {
            return null;
        }
        Matcher address = LOOPBACK.matcher(text);
        int port = address.matches() ? Integer.parseInt(address.group(2)) : 0;
        if (port < 1 || port > 65_535) {
            throw keys.bad(
                    key,
                    "an address of loopback and a port, as in \"127.0.0.1:9877\"; for other machines put a proxy before it that"
                            + " asks who they are");
        }
        return new InetSocketAddress(address.group(1), port);
    }

    private static Path absolute(Keys keys, String key, String defaultPath) throws BadConfigException {
        String text = keys.text(key, defaultPath);
        if (!text.startsWith("/") || text.indexOf('\0') >= 0) {
            throw keys.bad(key, "an absolute path");
        }
        return Path.of(text);
    }

    /** HOCON's own message, and what to write where the cause is a value without quotes. */
    private static String explain(ConfigException e, String text) {
        String message = String.valueOf(e.getMessage()).replace('\n', ' ');
        if (e.origin() != null && e.origin().lineNumber() > 0) {
            String line =
                    text.lines().skip(e.origin().lineNumber() - 1L).findFirst().orElse("");
            Matcher unquoted = UNQUOTED.matcher(line);
            if (unquoted.matches()) {
                return e.origin().description() + ": a value with a colon or a slash needs quotes: " + unquoted.group(1)
                        + " = \"" + unquoted.group(2) + "\"";
            }
        }
        return message;
    }

    private static String reason(IOException e) {
        return e instanceof java.nio.file.NoSuchFileException
                ? "no such file"
                : e instanceof java.nio.file.AccessDeniedException
                        ? "permission denied"
                        : String.valueOf(e.getMessage());
    }
}
