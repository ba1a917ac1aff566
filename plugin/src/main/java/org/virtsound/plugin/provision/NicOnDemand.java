package org.virtsound.plugin.provision;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.virtsound.plugin.domain.Domain;
import org.virtsound.plugin.domain.Transport;

/**
 * Plugs a NIC on the bridge into a domain whose metadata asks for sound and which has none. Its alias makes a second one impossible,
 * and its MAC comes from the domain's UUID, so that the guest knows it again.
 */
final class NicOnDemand {
    static final String ALIAS = "ua-virt-sound";

    private final String bridge;

    NicOnDemand(String bridge) {
        this.bridge = bridge;
    }

    /** Asks once in a run of the domain; libvirt's refusal becomes the guest's problem. */
    void ask(Guest guest, Inbox inbox) {
        boolean wanted = guest.transport == Transport.NETWORK && guest.domain.settings() != null;
        if (!wanted || guest.nicAsked || guest.domain.nicOn(bridge) != null) {
            return;
        }
        guest.nicAsked = true;
        try {
            guest.hypervisor.attachDevice(guest.uuid, xml(bridge, guest.domain), Set.of(Hypervisor.Scope.LIVE));
        } catch (HypervisorException e) {
            guest.nicRefused = "it has no NIC on bridge " + bridge + " and none can be plugged in while it runs ("
                    + e.getMessage() + "); " + guest.hypervisor.nicByHand(guest.domain.name(), bridge);
        }
        inbox.changed(guest.hypervisor, guest.uuid);
    }

    /** The NIC as libvirt takes it; the model is the one of the domain's first NIC, whose driver the guest has. */
    static String xml(String bridge, Domain domain) {
        String model = domain.nicModel();
        return "<interface type='bridge'><mac address='" + mac(domain.uuid(), domain.type()) + "'/><source bridge='"
                + bridge
                + "'/>" + (model == null ? "" : "<model type='" + model + "'/>") + "<alias name='" + ALIAS
                + "'/></interface>";
    }

    /** Under the prefix that the hypervisor's own NICs have. */
    static String mac(UUID uuid, String type) {
        byte[] hash;
        try {
            hash = MessageDigest.getInstance("SHA-256")
                    .digest(("virt-sound " + uuid).getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        String prefix = type.equals("xen") ? "00:16:3e" : "52:54:00";
        return String.format(Locale.ROOT, "%s:%02x:%02x:%02x", prefix, hash[0], hash[1], hash[2]);
    }
}
