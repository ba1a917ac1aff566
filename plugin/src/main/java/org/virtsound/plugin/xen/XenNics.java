package org.virtsound.plugin.xen;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.virtsound.audio.vchan.XenStore;
import org.virtsound.plugin.domain.Domain;
import org.virtsound.plugin.provision.NicDevices;

/**
 * Finds the devices of Xen guests' NICs by their MAC addresses. In libvirt's XML a NIC that was plugged in has no device, one that
 * the user named has a name that the device has not, and one of an HVM guest names the emulated NIC for good.
 */
public final class XenNics implements NicDevices {
    private static final Logger log = Logger.getLogger(XenNics.class.getName());

    private final List<Path> xenstore;
    private final Path devices;

    /**
     * @param xenstore where it is, tried in this order
     * @param devices the kernel's list, {@code /sys/class/net}
     */
    public XenNics(List<Path> xenstore, Path devices) {
        this.xenstore = xenstore;
        this.devices = devices;
    }

    @Override
    public Domain named(Domain domain) {
        if (!domain.type().equals("xen") || domain.isHost() || domain.nics().isEmpty()) {
            return domain;
        }
        try (XenStore store = XenStore.connect(xenstore)) {
            Map<String, Vif> vifs = Vif.of(store, domain.id()).stream()
                    .collect(Collectors.toMap(Vif::mac, vif -> vif, (first, second) -> first));
            return domain.withNics(domain.nics().stream()
                    .map(nic -> {
                        Vif vif = vifs.get(nic.mac());
                        return vif == null ? nic : nic.on(vif.device(devices));
                    })
                    .toList());
        } catch (IOException e) {
            log.log(Level.FINE, "domain " + domain.name() + ": " + e.getMessage());
            return domain;
        }
    }
}
