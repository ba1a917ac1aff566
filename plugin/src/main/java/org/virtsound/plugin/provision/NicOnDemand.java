package org.virtsound.plugin.provision;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.virtsound.plugin.domain.Domain;
import org.virtsound.plugin.domain.Transport;

/**
 * Plugs a NIC on the bridge into a domain whose metadata asks for sound and which has none. Its alias makes a second one impossible,
 * and its MAC comes from the domain's UUID, so that the guest knows it again.
 */
final class NicOnDemand {
    private static final int TRIES = 3;
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(25);

    private final String bridge;

    NicOnDemand(String bridge) {
        this.bridge = bridge;
    }

    /**
     * Asks until libvirt agrees, for a few times in a run of the domain, since a busy host may refuse in passing (Xen's scripts have
     * a time-out). Its refusal is the guest's problem meanwhile. A NIC that was pulled out again is not asked for again.
     */
    void ask(Guest guest, Inbox inbox, long nowNanos) {
        boolean wanted = guest.transport == Transport.NETWORK && guest.domain.settings() != null;
        boolean due = guest.nicAsked == 0 || nowNanos - guest.nicDueNanos >= 0;
        if (!wanted || guest.nicAsked >= TRIES || !due || guest.domain.nicOn(bridge) != null) {
            return;
        }
        guest.nicAsked++;
        guest.nicDueNanos = nowNanos + RETRY_NANOS;
        guest.nicRefused = null;
        try {
            guest.hypervisor.attachDevice(guest.uuid, xml(bridge, guest.domain), Set.of(Hypervisor.Scope.LIVE));
            guest.nicAsked = TRIES;
        } catch (HypervisorException e) {
            guest.nicRefused = "it has no NIC on bridge " + bridge + " and none can be plugged in while it runs ("
                    + e.getMessage() + "); " + guest.hypervisor.nicByHand(guest.domain.name(), bridge);
        }
        inbox.changed(guest.hypervisor, guest.uuid);
    }

    /** Whether it was made here for the domain; not every driver keeps an alias. */
    static boolean isOurs(Domain.Nic nic, Domain domain) {
        return Domain.Nic.OURS.equals(nic.alias()) || nic.mac().equals(mac(domain.uuid(), domain.type()));
    }

    /** The NIC as libvirt takes it; the model is the one of the domain's first NIC, whose driver the guest has. */
    static String xml(String bridge, Domain domain) {
        String model = domain.nicModel();
        return "<interface type='bridge'><mac address='" + mac(domain.uuid(), domain.type()) + "'/><source bridge='"
                + bridge
                + "'/>" + (model == null ? "" : "<model type='" + model + "'/>") + "<alias name='" + Domain.Nic.OURS
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
