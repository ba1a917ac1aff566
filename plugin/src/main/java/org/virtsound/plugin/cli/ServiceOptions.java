package org.virtsound.plugin.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.virtsound.plugin.config.BadConfigException;
import org.virtsound.plugin.config.ConfigFile;
import org.virtsound.plugin.config.ServiceConfig;
import picocli.CommandLine.Option;

/** Which service is meant: what every subcommand takes. */
final class ServiceOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The service's configuration; by default /etc/virt-sound/virt-sound.conf.")
    private @Nullable Path config;

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            description = "The service's control socket; by default as configured.")
    private @Nullable Path socket;

    private @Nullable ServiceConfig read;

    ServiceConfig config() throws Failure {
        try {
            return read == null ? ConfigFile.read(config) : read;
        } catch (BadConfigException e) {
            throw new Failure(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
    }

    /**
     * For what has to be done with a wrong configuration, too: the defaults hold then.
     *
     * @return what is wrong, or null
     */
    @Nullable
    String allowWrongConfig() {
        try {
            read = config();
            return null;
        } catch (Failure e) {
            read = ConfigFile.defaults();
            return e.getMessage();
        }
    }

    ControlClient control() throws Failure {
        return new ControlClient(socket != null ? socket : config().runtimeDir().resolve("control"));
    }
}
