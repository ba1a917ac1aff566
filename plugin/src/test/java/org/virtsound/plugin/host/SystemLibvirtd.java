package org.virtsound.plugin.host;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The real qemu:///system or lxc:///system, started by hand: virtlogd and libvirtd in the host's network namespace, with a mount
 * namespace in which /etc/libvirt and what else libvirt writes to is private. Its guests survive it.
 */
public final class SystemLibvirtd implements AutoCloseable {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final List<String> PLACES =
            List.of("/etc/libvirt", "/var/lib/libvirt", "/run/libvirt", "/var/log/libvirt", "/var/cache/libvirt");

    private final Path home;
    private final String driver;
    private final Process mounts;
    private final Process virtlogd;
    private final List<String> guests = new ArrayList<>();
    private Process libvirtd;

    /** Skips the test where qemu is not installed. */
    public SystemLibvirtd(Host host) throws IOException {
        this(host, "qemu", "/usr/bin/qemu-system-x86_64", "qemu-system-x86");
    }

    /** Skips the test where libvirt's driver for containers is not installed. */
    public static SystemLibvirtd lxc(Host host) throws IOException {
        return new SystemLibvirtd(host, "lxc", "/usr/lib/libvirt/libvirt_lxc", "libvirt-daemon-driver-lxc");
    }

    private SystemLibvirtd(Host host, String driver, String program, String debianPackage) throws IOException {
        assumeTrue(Files.isExecutable(Path.of(program)), program + " is not installed: apt install " + debianPackage);
        this.driver = driver;
        home = host.directory().resolve("libvirt");
        StringBuilder script = new StringBuilder();
        if (driver.equals("lxc")) {
            // The driver refuses a host that has both kinds of control groups.
            script.append("umount /sys/fs/cgroup/unified 2>/dev/null; ");
        }
        for (String place : PLACES) {
            Path own = home.resolve(place.substring(1).replace('/', '-'));
            Files.createDirectories(own);
            script.append("mkdir -p ")
                    .append(place)
                    .append("; mount --bind ")
                    .append(own)
                    .append(' ')
                    .append(place)
                    .append("; ");
        }
        Files.writeString(
                home.resolve("etc-libvirt/qemu.conf"),
                "user = \"root\"\ngroup = \"root\"\nsecurity_driver = \"none\"\ncgroup_controllers = []\n");
        Files.writeString(
                home.resolve("etc-libvirt/libvirtd.conf"), "auth_unix_rw = \"none\"\nlog_outputs = \"2:stderr\"\n");
        Files.writeString(home.resolve("etc-libvirt/virtlogd.conf"), "");
        Files.writeString(home.resolve("etc-libvirt/lxc.conf"), "security_driver = \"none\"\n");
        List<String> command = new ArrayList<>(host.namespace().prefix());
        if (driver.equals("lxc")) {
            // ip netns exec has a /sys of its own, without the control groups.
            command = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + command.get(command.size() - 1)));
        }
        Path ready = home.resolve("ready");
        command.addAll(List.of(
                "unshare",
                "-m",
                "--propagation",
                "private",
                "sh",
                "-c",
                script + "touch " + ready + "; exec sleep infinity"));
        mounts = Processes.start(command, home.resolve("mounts.log"));
        await().atMost(SOON).until(() -> Files.exists(ready));
        virtlogd = inside("virtlogd", "-f", "/etc/libvirt/virtlogd.conf");
        await().atMost(SOON).until(() -> Files.exists(home.resolve("run-libvirt/virtlogd-sock")));
        start();
    }

    public void start() throws IOException {
        libvirtd = inside("libvirtd", "-f", "/etc/libvirt/libvirtd.conf");
        // The first start probes what qemu can do.
        await().atMost(SOON).until(() -> Processes.ended(virshCommand("list")).exitCode() == 0);
    }

    private Process inside(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("nsenter", "-t", Long.toString(mounts.pid()), "-m", "-n"));
        if (driver.equals("lxc")) {
            command.addAll(List.of("env", "PATH=/usr/sbin")); // without emulators to probe
        }
        command.addAll(List.of(words));
        command.addAll(List.of("-p", home.resolve(words[0] + ".pid").toString()));
        return Processes.start(command, home.resolve(words[0] + ".log"));
    }

    public String uri() {
        return driver + "+unix:///system?socket=" + home.resolve("run-libvirt/libvirt-sock");
    }

    public String virsh(String... words) {
        return Processes.run(virshCommand(words));
    }

    private List<String> virshCommand(String... words) {
        List<String> command = new ArrayList<>(List.of("virsh", "-q", "-c", uri()));
        command.addAll(List.of(words));
        return command;
    }

    /** Defines a guest of 32 MB, without a disk and so without an operating system, emulated; it is ended with this. */
    public void define(String name, String metadata, String features) throws IOException {
        Path xml = Files.writeString(home.resolve(name + ".xml"), """
                <domain type='qemu'>
                  <name>%s</name><metadata>%s</metadata><memory unit='MiB'>32</memory>
                  <os><type arch='x86_64' machine='pc'>hvm</type></os><features>%s</features>
                  <devices><emulator>/usr/bin/qemu-system-x86_64</emulator><memballoon model='none'/></devices>
                </domain>
                """.formatted(name, metadata, features));
        virsh("define", xml.toString());
        guests.add(name);
    }

    /** The same, started. */
    public void startGuest(String name, String metadata) throws IOException {
        define(name, metadata, "<acpi/>");
        virsh("start", name);
    }

    /** Defines a domain without starting it; where it runs at the end, it is ended with this. */
    public void define(String name, String xml) throws IOException {
        virsh("define", Files.writeString(home.resolve(name + ".xml"), xml).toString());
        guests.add(name);
    }

    public void kill() {
        libvirtd.destroyForcibly();
        await().until(() -> !libvirtd.isAlive());
    }

    @Override
    public void close() {
        guests.forEach(guest -> Processes.ended(virshCommand("destroy", guest)));
        Processes.end(libvirtd);
        Processes.end(virtlogd);
        Processes.end(mounts);
    }
}
