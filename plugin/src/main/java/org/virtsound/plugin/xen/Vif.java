package org.virtsound.plugin.xen;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.vchan.XenStore;

/**
 * One NIC of a guest as its backend in this domain has it.
 *
 * @param mac in lower case
 * @param bridge null where it is on none
 * @param address the first of those that its configuration names, null where it names none
 * @param name of its device here; an emulated NIC's, which an HVM guest has beside it, ends in -emu
 */
record Vif(String mac, @Nullable String bridge, @Nullable String address, String name) {
    private static final String EMULATED = "-emu";

    /** @return those of a domain, in their order */
    static List<Vif> of(XenStore store, int domid) throws IOException {
        List<Vif> vifs = new ArrayList<>();
        // A path that does not begin with a slash is below our own domain's home, whatever its number.
        String backend = "backend/vif/" + domid;
        for (String number : store.list(backend).stream().sorted().toList()) {
            String node = backend + "/" + number + "/";
            String mac = store.read(node + "mac");
            if (mac != null) {
                String given = store.read(node + "vifname");
                String addresses = store.read(node + "ip");
                vifs.add(new Vif(
                        mac.toLowerCase(Locale.ROOT),
                        store.read(node + "bridge"),
                        addresses == null || addresses.isBlank()
                                ? null
                                : addresses.trim().replaceFirst("[ /].*", ""),
                        given == null ? "vif" + domid + "." + number : given));
            }
        }
        return vifs;
    }

    /**
     * The device that carries its frames now: the emulated NIC's until the guest's driver of the other one is there, if ever.
     *
     * @param devices the kernel's list, {@code /sys/class/net}
     * @return null before the device is there
     */
    @Nullable
    String device(Path devices) {
        boolean emulated = Files.exists(devices.resolve(name + EMULATED));
        if (emulated && !isUp(devices.resolve(name))) {
            return name + EMULATED;
        }
        return Files.exists(devices.resolve(name)) ? name : null;
    }

    /** It is once the guest's driver has connected. */
    private static boolean isUp(Path device) {
        try {
            return Files.readString(device.resolve("operstate")).startsWith("up");
        } catch (IOException e) {
            return false;
        }
    }
}
