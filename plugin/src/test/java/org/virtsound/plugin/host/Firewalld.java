package org.virtsound.plugin.host;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The real firewalld in a host's network namespace, on a private D-Bus, from Debian's package, which is unpacked and not installed. */
public final class Firewalld implements AutoCloseable {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Path UNPACKED = Path.of(System.getProperty("virtsound.basedir", ".."), "target/unpacked")
            .toAbsolutePath()
            .normalize();
    private static final String BUS = """
            <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
              "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig><type>system</type><listen>unix:path=%s</listen><auth>EXTERNAL</auth>
              <policy context="default"><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/></policy>
            </busconfig>
            """;

    private final Host host;
    private final Process bus;
    private final Process firewalld;

    /** @param backend {@code nftables} or {@code iptables}, as in firewalld.conf */
    public Firewalld(Host host, String backend) throws IOException {
        assumeTrue(Files.exists(UNPACKED.resolve("usr/sbin/firewalld")), "no " + UNPACKED + ": scripts/test makes it");
        this.host = host;
        Path home = Files.createDirectory(host.directory().resolve("firewalld"));
        Path socket = home.resolve("bus");
        Path busConfig = Files.writeString(home.resolve("bus.conf"), BUS.formatted(socket));
        bus = Processes.start(
                List.of("dbus-daemon", "--config-file=" + busConfig, "--nofork", "--nopidfile"),
                home.resolve("bus.log"));
        host.environment(
                "DBUS_SYSTEM_BUS_ADDRESS=unix:path=" + socket,
                "PYTHONPATH=" + UNPACKED.resolve("usr/lib/python3/dist-packages"),
                "PATH=" + UNPACKED.resolve("usr/bin") + ":" + System.getenv("PATH"));
        await().atMost(SOON).until(() -> Files.exists(socket));
        Path etc = Files.createDirectory(home.resolve("etc"));
        Files.writeString(etc.resolve("firewalld.conf"), "DefaultZone=public\nFirewallBackend=" + backend + "\n");
        List<String> command = new ArrayList<>(host.prefix());
        command.addAll(List.of(
                "/usr/bin/python3", UNPACKED.resolve("usr/sbin/firewalld").toString()));
        command.addAll(List.of("--nofork", "--nopid", "--system-config", etc.toString()));
        command.addAll(List.of(
                "--default-config", UNPACKED.resolve("usr/lib/firewalld").toString()));
        command.addAll(List.of("--log-file", home.resolve("log").toString()));
        firewalld = Processes.start(command, home.resolve("out"));
        await().atMost(SOON).until(() -> cmd("--state").output().contains("running"));
    }

    /** The real firewall-cmd. */
    public Processes.Ended cmd(String... words) {
        List<String> command = new ArrayList<>(host.prefix());
        command.add("firewall-cmd");
        command.addAll(List.of(words));
        return Processes.ended(command);
    }

    @Override
    public void close() {
        Processes.end(firewalld);
        Processes.end(bus);
    }
}
