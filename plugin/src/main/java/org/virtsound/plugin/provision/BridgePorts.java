package org.virtsound.plugin.provision;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * Notices that a port joined or left the bridge: a NIC plugged in by hand, which not every hypervisor reports.
 */
public final class BridgePorts {
    /** What Xen calls the emulated NIC's device, after the other one's name. */
    private static final String EMULATED = "-emu";

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
     * Names with interface numbers: a device that was made again has the same name and another number. Of the two that an HVM guest
     * of Xen has for one NIC, the guest's driver brings one up, so that its state counts; no other's, which its guest may change at
     * will.
     */
    private Set<String> read() {
        Set<String> ports = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(bridge.resolve("brif"))) {
            ports.add(read(bridge, "ifindex"));
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                Path device = devices.resolve(name);
                boolean isOneOfTwo = Files.exists(devices.resolve(name + EMULATED));
                ports.add(name + " " + read(device, "ifindex") + (isOneOfTwo ? " " + read(device, "operstate") : ""));
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
