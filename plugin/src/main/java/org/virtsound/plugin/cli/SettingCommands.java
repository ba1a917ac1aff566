package org.virtsound.plugin.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What changes a domain: each is written into its metadata, where it travels with it; a local endpoint's into its file. */
final class SettingCommands {
    private static final String DEFAULT = "default";

    private SettingCommands() {}

    /** Which domain, and for how long. */
    static final class Target {
        @Mixin
        private ServiceOptions service = new ServiceOptions();

        @Parameters(index = "0", paramLabel = "DOMAIN", description = "Its name, UUID or id; or local/NAME.")
        private String domain = "";

        @Option(names = "--persistent", description = "For its next starts, too.")
        private boolean persistent;

        private int set(String element, String attribute, @Nullable String value) throws Failure {
            Map<String, Object> attributes = new LinkedHashMap<>();
            attributes.put(attribute, value);
            service.control()
                    .put(
                            ControlClient.path("domains", domain, "settings"),
                            Map.of(element, attributes, "persistent", persistent));
            return ExitCode.DONE;
        }
    }

    @Command(name = "volume", description = "Sets a domain's volume.", mixinStandardHelpOptions = true)
    static int volume(
            @Mixin Target target,
            @Parameters(
                            index = "1",
                            paramLabel = "PERCENT",
                            description = "0%% to 150%%; 'default' leaves it to the host.")
                    String percent)
            throws Failure {
        return target.set("playback", "volume", percent.matches("[0-9]+") ? percent + "%" : orDefault(percent));
    }

    @Command(name = "mute", description = "Mutes a domain; its volume stays.", mixinStandardHelpOptions = true)
    static int mute(@Mixin Target target) throws Failure {
        return target.set("playback", "mute", "yes");
    }

    @Command(name = "unmute", description = "Lets a domain be heard again.", mixinStandardHelpOptions = true)
    static int unmute(@Mixin Target target) throws Failure {
        return target.set("playback", "mute", "no");
    }

    @Command(name = "sink", description = "Chooses where a domain is heard.", mixinStandardHelpOptions = true)
    static int sink(
            @Mixin Target target,
            @Parameters(
                            index = "1",
                            paramLabel = "NAME",
                            description = "The host's sink; 'default' is the host's default.")
                    String name)
            throws Failure {
        return target.set("playback", "sink", orDefault(name));
    }

    @Command(name = "source", description = "Chooses what a domain records.", mixinStandardHelpOptions = true)
    static int source(
            @Mixin Target target,
            @Parameters(
                            index = "1",
                            paramLabel = "NAME",
                            description = "The host's source; 'default' is the host's default.")
                    String name)
            throws Failure {
        return target.set("capture", "source", orDefault(name));
    }

    @Command(
            name = "enable",
            description = "Gives a domain sound, now and at its next starts; with a NIC where it needs one.",
            mixinStandardHelpOptions = true)
    static int enable(
            @Mixin ServiceOptions service,
            @Parameters(paramLabel = "DOMAIN", description = "Its name, UUID or id.") String domain)
            throws Failure {
        return enabled(service, domain, true);
    }

    @Command(
            name = "disable",
            description =
                    "Takes a domain's sound away, now and at its next starts; a NIC of its own on the bridge is to be taken out first.",
            mixinStandardHelpOptions = true)
    static int disable(
            @Mixin ServiceOptions service,
            @Parameters(paramLabel = "DOMAIN", description = "Its name, UUID or id.") String domain)
            throws Failure {
        return enabled(service, domain, false);
    }

    private static int enabled(ServiceOptions service, String domain, boolean enabled) throws Failure {
        service.control().put(ControlClient.path("domains", domain, "enabled"), Map.of("enabled", enabled));
        return ExitCode.DONE;
    }

    private static @Nullable String orDefault(String name) {
        return name.equals(DEFAULT) ? null : name;
    }
}
