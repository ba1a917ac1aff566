package org.virtsound.plugin;

import com.google.inject.Guice;
import com.google.inject.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.virtsound.net.CommandFailure;
import org.virtsound.net.NetworkException;
import org.virtsound.plugin.cli.ExitCode;
import org.virtsound.plugin.config.BadConfigException;
import org.virtsound.plugin.config.ConfigFile;
import org.virtsound.plugin.config.ServiceConfig;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code virtsoundd}: the daemon. */
@Command(
        name = "virtsoundd",
        description = "Gives each running libvirt guest that asks for it its own sound.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:ended by a signal", "1:failed", "2:wrong usage or configuration", "77:needs root"})
public final class Main implements Callable<Integer> {
    private static final Logger log = Logger.getLogger(Main.class.getName());

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The configuration; by default /etc/virt-sound/virt-sound.conf, which need not exist.")
    private @Nullable Path config;

    @Option(names = "--verbose", description = "Log what is done step by step.")
    private boolean verbose;

    private Main() {}

    public static void main(String[] args) {
        Main plain = plain(args);
        System.exit(plain != null ? plain.run() : new CommandLine(new Main()).execute(args));
    }

    /** The words of an ordinary start, read without the parser, whose 200 classes the daemon would keep; null for any others. */
    private static @Nullable Main plain(String[] args) {
        Main main = new Main();
        for (int i = 0; i < args.length; i++) {
            if (args[i].equals("--verbose")) {
                main.verbose = true;
            } else if (args[i].equals("--config") && i + 1 < args.length && !args[i + 1].startsWith("-")) {
                main.config = Path.of(args[++i]);
            } else {
                return null;
            }
        }
        return main;
    }

    @Override
    public Integer call() {
        return run();
    }

    private int run() {
        try {
            return serve();
        } catch (RuntimeException e) {
            log.log(Level.SEVERE, "cannot go on", e);
            return ExitCode.FAILED;
        }
    }

    private int serve() {
        StderrLog.install(verbose);
        final ServiceConfig read;
        try {
            read = ConfigFile.read(config);
        } catch (BadConfigException e) {
            log.log(Level.SEVERE, String.valueOf(e.getMessage()));
            return ExitCode.USAGE;
        }
        Service service =
                Guice.createInjector(Stage.PRODUCTION, new ServiceModule(read)).getInstance(Service.class);
        Thread stop = new Thread(
                () -> {
                    log.log(Level.INFO, "ends");
                    service.stop();
                    // A signal is the ordinary end of a daemon; without this it would be exit code 143.
                    Runtime.getRuntime().halt(ExitCode.DONE);
                },
                "stop");
        try {
            service.start();
        } catch (IOException | NetworkException | CommandFailure e) {
            log.log(Level.SEVERE, "cannot start: " + e.getMessage());
            service.stop();
            return Privilege.mayManageNetwork() ? ExitCode.FAILED : ExitCode.NEEDS_ROOT;
        }
        Runtime.getRuntime().addShutdownHook(stop);
        Hangup.handle(() -> reload(read, service));
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ExitCode.DONE;
    }

    private void reload(ServiceConfig inForce, Service service) {
        try {
            boolean same = ConfigFile.read(config).equals(inForce);
            log.log(
                    same ? Level.INFO : Level.WARNING,
                    same
                            ? "reload: the configuration is the same; every guest is looked at anew"
                            : "reload: the configuration has changed and needs a restart: systemctl restart virtsoundd;"
                                    + " every guest is looked at anew");
        } catch (BadConfigException e) {
            log.log(Level.SEVERE, "reload: the old configuration stays in force: " + e.getMessage());
        }
        service.reload();
    }
}
