package org.virtsound.net;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * dnsmasq as our child, where guests get their address by DHCP: on the bridge only, one reservation a guest, no default
 * route and no name server handed out, no leases kept. Level-triggered: {@link #serve} on every pass starts it, starts
 * it anew when the guests or the bridge changed or it died, and finds the one that an earlier daemon left behind.
 *
 * <p>Owned by the thread that calls it (the reconciler).
 */
public final class DhcpServer implements AutoCloseable {
    private static final int RETRY_MAX_MS = 60_000;

    private final List<String> prefix;
    private final Path conf;
    private final Path pidFile;
    private @Nullable Process process;
    private String served = "";
    private int deaths;
    private long notBeforeNs = System.nanoTime();

    public DhcpServer(Path directory) {
        this(List.of(), directory);
    }

    /**
     * @param prefix words that go before the command, such as {@code ip netns exec NAME}
     * @param directory for its configuration and process id; it must exist
     */
    public DhcpServer(List<String> prefix, Path directory) {
        this.prefix = List.copyOf(prefix);
        this.conf = directory.resolve("dnsmasq.conf");
        this.pidFile = directory.resolve("dnsmasq.pid");
    }

    /** Whether dnsmasq is on this machine. */
    public static boolean isInstalled() {
        return LocalCommands.find("dnsmasq").isPresent();
    }

    /**
     * Makes it serve exactly these guests; without any it does not run.
     *
     * @param state holds the bridge, as it is after the plan was applied
     * @return what is wrong, until the next pass mends it or a person does
     */
    public Optional<Problem> serve(SoundNetwork network, List<GuestPort> ports, NetworkState state) {
        Link bridge = state.links().get(network.bridge());
        if (!network.dhcp() || bridge == null || ports.isEmpty()) {
            close();
            return Optional.empty();
        }
        Process running = process;
        String wanted = configuration(network, ports) + "# bridge " + bridge.index() + "\n";
        if (running != null && running.isAlive() && wanted.equals(served)) {
            deaths = System.nanoTime() - notBeforeNs > TimeUnit.MILLISECONDS.toNanos(RETRY_MAX_MS) ? 0 : deaths;
            return Optional.empty();
        }
        if (running != null && !running.isAlive()) {
            process = null;
            deaths++;
            notBeforeNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(retryMs());
            return Optional.of(dead(running.exitValue()));
        }
        if (System.nanoTime() - notBeforeNs < 0 && wanted.equals(served)) {
            return Optional.of(dead(-1));
        }
        end();
        return start(wanted);
    }

    /** Ends it, and one that an earlier daemon left. */
    @Override
    public void close() {
        if (process != null || Files.exists(pidFile)) {
            end();
        }
        served = "";
        deaths = 0;
        notBeforeNs = System.nanoTime();
    }

    private Optional<Problem> start(String wanted) {
        Optional<Path> program = LocalCommands.find("dnsmasq");
        if (program.isEmpty()) {
            return Optional.of(new Problem(
                    "dnsmasq is not installed",
                    "dnsmasq, for network.dhcp",
                    "install the package dnsmasq-base, or set network.dhcp = no and give guests a static address"));
        }
        try {
            Path fresh = conf.resolveSibling("dnsmasq.conf.new");
            Files.writeString(fresh, wanted);
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r--r--"));
            Files.move(fresh, conf, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            List<String> argv = new ArrayList<>(prefix);
            argv.addAll(List.of(program.get().toString(), "--keep-in-foreground", "--conf-file=" + conf));
            process = new ProcessBuilder(argv)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            served = wanted;
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(new Problem(
                    "dnsmasq could not be started: " + e.getMessage(),
                    "a directory to write to and a program to run",
                    "look at " + conf.getParent()));
        }
    }

    private void end() {
        if (process != null) {
            end(process.toHandle());
            process = null;
        }
        stray().ifPresent(DhcpServer::end);
        try {
            Files.deleteIfExists(pidFile);
            Files.deleteIfExists(conf);
        } catch (IOException e) {
            // They are written anew at the next start, and nothing else reads them.
            return;
        }
    }

    /** The process of the pid file, if it is a dnsmasq with our configuration and not someone who got its number. */
    private Optional<ProcessHandle> stray() {
        try {
            long pid = Long.parseLong(Files.readString(pidFile).strip());
            String line = Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"));
            return line.contains("--conf-file=" + conf) ? ProcessHandle.of(pid) : Optional.empty();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static void end(ProcessHandle handle) {
        handle.destroy();
        try {
            handle.onExit().get(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            handle.destroyForcibly();
        } catch (ExecutionException | TimeoutException e) {
            handle.destroyForcibly();
        }
    }

    private int retryMs() {
        return Math.min(RETRY_MAX_MS, 500 << Math.min(deaths, 7));
    }

    private Problem dead(int exitCode) {
        return new Problem(
                "dnsmasq ended by itself " + deaths + " times" + (exitCode < 0 ? "" : ", now with " + exitCode),
                "dnsmasq that goes on, for network.dhcp",
                "its last words are in the log; it is started again within " + retryMs() + " ms");
    }

    /** A guest asks once an hour again, so that one whose address changed follows soon. */
    private String configuration(SoundNetwork network, List<GuestPort> ports) {
        StringBuilder text = new StringBuilder();
        Subnet subnet = network.subnet();
        for (String line : List.of(
                "port=0",
                "interface=" + network.bridge(),
                "except-interface=lo",
                "bind-dynamic",
                "no-ping",
                "dhcp-authoritative",
                "leasefile-ro",
                "quiet-dhcp",
                "pid-file=" + pidFile,
                "dhcp-range=" + subnet.network().getHostAddress() + ",static,1h",
                "dhcp-option=option:router",
                "dhcp-option=option:dns-server",
                "dhcp-lease-max=" + subnet.guests())) {
            text.append(line).append('\n');
        }
        for (GuestPort port : ports) {
            text.append("dhcp-host=" + port.mac() + "," + port.address().getHostAddress() + "\n");
        }
        return text.toString();
    }
}
