package org.virtsound.plugin.domain;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.relay.GuestIdentity;

/**
 * A domain, read from its live XML, or from that of its next start.
 *
 * @param title null where it has none
 * @param id of this run; a domain that was started again has another one; -1 where it does not run
 * @param type of its hypervisor, as in {@code <domain type=…>}: xen, qemu, kvm, lxc, test
 * @param nics those on a bridge
 * @param nicModel of its first NIC, null where it is the hypervisor's default
 * @param emulatedCard it has a {@code <sound>} device, which the hypervisor's device model plays
 * @param mounts directories of the host that a container sees
 * @param settings null where the domain has no element of ours
 * @param assignedAddress from our state element, null where it has none
 * @param users a container's, null where they are this machine's
 */
public record Domain(
        UUID uuid,
        String name,
        @Nullable String title,
        int id,
        String type,
        List<Nic> nics,
        @Nullable String nicModel,
        boolean emulatedCard,
        List<Path> mounts,
        @Nullable SoundSettings settings,
        @Nullable String assignedAddress,
        @Nullable UserMapping users) {

    public Domain {
        requireNonNull(uuid, "uuid is null");
        requireNonNull(name, "name is null");
        nics = List.copyOf(nics);
        mounts = List.copyOf(mounts);
    }

    /**
     * @param bridge its source
     * @param mac in lower case, as the kernel writes it
     * @param target its device on the host, null before the hypervisor has made it
     * @param alias the user's or libvirt's name of it
     */
    public record Nic(
            String bridge,
            String mac,
            @Nullable String target,
            @Nullable String alias) {
        /** The alias of one that was made by us for the domain; libvirt keeps those that begin with ua- only. */
        public static final String OURS = "ua-virt-sound";

        /** The same NIC with another device. */
        public Nic on(@Nullable String device) {
            return new Nic(bridge, mac, device, alias);
        }
    }

    public Domain withNics(List<Nic> others) {
        return new Domain(
                uuid, name, title, id, type, others, nicModel, emulatedCard, mounts, settings, assignedAddress, users);
    }

    /** Whether a container sees the host's directory, somewhere. */
    public boolean sees(Path directory) {
        return mounts.stream().anyMatch(directory::startsWith);
    }

    /** Xen lists its own control domain, which is the host. */
    public boolean isHost() {
        return type.equals("xen") && id == 0;
    }

    /** The first NIC on the bridge, null where there is none; an alias of ours goes first. */
    public @Nullable Nic nicOn(String bridge) {
        Nic first = null;
        for (Nic nic : nics) {
            if (nic.bridge().equals(bridge)) {
                if (Nic.OURS.equals(nic.alias())) {
                    return nic;
                }
                first = first == null ? nic : first;
            }
        }
        return first;
    }

    /**
     * How its sound comes to the host: as its settings say, or else by what it has.
     *
     * @return never {@link Transport#AUTO}; null where it does not take part
     */
    public @Nullable Transport transport(String bridge) {
        Nic nic = nicOn(bridge);
        if (isHost() || (settings == null && nic == null)) {
            return null;
        }
        Transport asked = settings == null ? Transport.AUTO : settings.transport();
        if (asked != Transport.AUTO) {
            return asked;
        }
        return nic == null && type.equals("lxc") ? Transport.SOCKET : Transport.NETWORK;
    }

    public DomainNames names() {
        return new DomainNames(id, uuid, name);
    }

    public GuestIdentity identity() {
        return new GuestIdentity(uuid, name, title == null ? name : title);
    }
}
