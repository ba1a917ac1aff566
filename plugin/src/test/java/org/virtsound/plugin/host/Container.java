package org.virtsound.plugin.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An LXC domain: a root of its own with this machine's /usr in it, and a program that waits. */
final class Container {
    /** Where what is to be mounted is mounted. */
    static final String TARGET = "/var/lib/virt-sound";

    private static final int FIRST_UID = 100_000;

    private final String name;
    private final boolean mapped;
    private final SystemLibvirtd libvirtd;

    /** @param mapped its root is not this machine's */
    Container(String name, boolean mapped, SystemLibvirtd libvirtd) {
        this.name = name;
        this.mapped = mapped;
        this.libvirtd = libvirtd;
    }

    String name() {
        return name;
    }

    /**
     * @param filesystem the element that mounts the socket's directory
     * @param defaultServer the line for its client.conf
     */
    void define(Path directory, String filesystem, String defaultServer) throws IOException {
        Path root = directory.resolve(name);
        for (String made : List.of("etc/pulse", "proc", "sys", "dev", "tmp", "run", "usr", "var/lib/virt-sound")) {
            Files.createDirectories(root.resolve(made));
        }
        for (String link : List.of("bin", "lib", "lib64", "sbin")) {
            if (!Files.isSymbolicLink(root.resolve(link))) {
                Files.createSymbolicLink(root.resolve(link), Path.of("usr", link));
            }
        }
        Files.writeString(root.resolve("etc/pulse/client.conf"), defaultServer + "\n");
        if (mapped) {
            Processes.run(List.of("chown", "-Rh", FIRST_UID + ":" + FIRST_UID, root.toString()));
        }
        String ids = "id start='0' target='" + FIRST_UID + "' count='65536'/>";
        libvirtd.define(name, """
                <domain type='lxc'>
                  <name>%s</name><uuid>%s</uuid>
                  <metadata><s:audio xmlns:s='urn:virt-sound:domain:1'/></metadata><memory unit='MiB'>64</memory>
                  <os><type>exe</type><init>/bin/sleep</init><initarg>1000</initarg></os>
                  <features><privnet/></features>%s
                  <devices>
                    <filesystem type='mount'><source dir='%s'/><target dir='/'/></filesystem>
                    <filesystem type='mount'><source dir='/usr'/><target dir='/usr'/><readonly/></filesystem>
                    %s<console type='pty'/>
                  </devices>
                </domain>
                """.formatted(
                        name,
                        java.util.UUID.nameUUIDFromBytes(name.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                        mapped ? "<idmap><u" + ids + "<g" + ids + "</idmap>" : "",
                        root,
                        filesystem));
    }

    void start() {
        libvirtd.virsh("start", name);
    }

    /** The words that make a program its root's. */
    List<String> prefix() {
        long controller = Long.parseLong(libvirtd.virsh("domid", name).trim());
        long init = ProcessHandle.of(controller)
                .orElseThrow()
                .children()
                .findFirst()
                .orElseThrow()
                .pid();
        return List.of("nsenter", "-t", Long.toString(init), "-a", "env", "-i", "PATH=/usr/bin", "HOME=/nonexistent");
    }

    Processes.Ended run(String... words) {
        List<String> command = new ArrayList<>(prefix());
        command.addAll(List.of(words));
        return Processes.ended(command);
    }
}
