package org.virtsound.plugin.provision;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * Notices that a port joined or left the bridge. Reading a directory of sysfs costs next to nothing, so it is looked at often
 * enough for a NIC plugged in by hand, which not every hypervisor reports.
 */
public final class BridgePorts {
    private final Path bridge;
    private final Path devices;
    private Set<String> last = Set.of();

    /** @param sysClassNet the kernel's list of devices, {@code /sys/class/net} */
    public BridgePorts(Path sysClassNet, String bridge) {
        this.devices = sysClassNet;
        this.bridge = sysClassNet.resolve(bridge);
    }

    /** @return whether ports or the bridge itself are others than at the last call */
    boolean changed() {
        Set<String> now = read();
        boolean changed = !now.equals(last);
        last = now;
        return changed;
    }

    /**
     * Names with interface numbers: a device that was made again has the same name and another number. With states: of the two that
     * an HVM guest of Xen has for one NIC, the guest's driver brings one up.
     */
    private Set<String> read() {
        Set<String> ports = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(bridge.resolve("brif"))) {
            ports.add(read(bridge, "ifindex"));
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                Path device = devices.resolve(name);
                ports.add(name + " " + read(device, "ifindex") + " " + read(device, "operstate"));
            }
        } catch (IOException e) {
            return Set.of(); // no bridge
        }
        return ports;
    }

    private static String read(Path device, String attribute) {
        try {
            return Files.readString(device.resolve(attribute)).trim();
        } catch (IOException e) {
            return "?";
        }
    }
}
