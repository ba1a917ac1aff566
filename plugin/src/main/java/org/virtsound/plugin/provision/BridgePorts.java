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

    /** Names with interface numbers: a device that was made again has the same name and another number. */
    private Set<String> read() {
        Set<String> ports = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(bridge.resolve("brif"))) {
            ports.add(number(bridge));
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                ports.add(name + " " + number(devices.resolve(name)));
            }
        } catch (IOException e) {
            return Set.of(); // no bridge
        }
        return ports;
    }

    private static String number(Path device) {
        try {
            return Files.readString(device.resolve("ifindex")).trim();
        } catch (IOException e) {
            return "?";
        }
    }
}
