package org.virtsound.plugin.provision;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.virtsound.plugin.domain.AudioElement;
import org.virtsound.plugin.domain.AudioElement.Setting;
import org.virtsound.plugin.domain.Domain;
import org.virtsound.plugin.domain.DomainXml;
import org.virtsound.plugin.domain.SoundSettings;
import org.virtsound.plugin.domain.Transport;
import org.virtsound.plugin.provision.Hypervisor.Scope;

/** Writes what a user wants into the domain's metadata, from where it is read like what he wrote himself. On the reconciler's thread. */
final class DomainEdits {
    private static final String USERS_NAMESPACE = SoundSettings.NAMESPACE;

    private final String bridge;
    private final Inbox inbox;

    DomainEdits(String bridge, Inbox inbox) {
        this.bridge = bridge;
        this.inbox = inbox;
    }

    /** A domain, and the connection that knows it. */
    record Found(Hypervisor hypervisor, UUID uuid, Optional<String> live, Optional<String> persistent) {}

    /**
     * @param persistent at the next start, too
     * @throws IllegalArgumentException where a value cannot be used
     */
    void set(Collection<Hypervisor> hypervisors, String reference, List<Setting> settings, boolean persistent)
            throws HypervisorException {
        Found found = find(hypervisors, reference);
        if (found.live().isEmpty() && !persistent) {
            throw new HypervisorException("domain " + reference + " does not run; for its next start add --persistent");
        }
        if (found.live().isPresent()) {
            write(found, AudioElement.of(found.live().get(), settings), Scope.LIVE);
        }
        if (persistent && found.persistent().isEmpty()) {
            throw new HypervisorException(
                    "domain " + reference + " is transient: it has no next start to keep this for");
        }
        if (persistent) {
            write(found, AudioElement.of(found.persistent().get(), settings), Scope.PERSISTENT);
        }
    }

    /** Gives the domain our element, now and for its next starts, and a NIC for these where it needs one. */
    void enable(Collection<Hypervisor> hypervisors, String reference) throws HypervisorException {
        Found found = find(hypervisors, reference);
        if (found.persistent().isPresent()) {
            String xml = found.persistent().get();
            write(found, AudioElement.of(xml, List.of()), Scope.PERSISTENT);
            Domain domain = DomainXml.parse(found.hypervisor()
                    .persistentXml(found.uuid())
                    .orElseThrow(() -> new HypervisorException("domain " + reference + " is gone")));
            if (domain.transport(bridge) == Transport.NETWORK && domain.nicOn(bridge) == null) {
                found.hypervisor()
                        .attachDevice(found.uuid(), NicOnDemand.xml(bridge, domain), Set.of(Scope.PERSISTENT));
            }
        }
        if (found.live().isPresent()) {
            write(found, AudioElement.of(found.live().get(), List.of()), Scope.LIVE);
        }
    }

    /** Takes the element and the NIC that was made for it away, now and for the next starts; a NIC of the user's own stays. */
    void disable(Collection<Hypervisor> hypervisors, String reference) throws HypervisorException {
        Found found = find(hypervisors, reference);
        for (Scope scope : EnumSet.allOf(Scope.class)) {
            Optional<String> xml = scope == Scope.LIVE ? found.live() : found.persistent();
            if (xml.isEmpty()) {
                continue;
            }
            if (AudioElement.isIn(xml.get())) {
                found.hypervisor().setMetadata(found.uuid(), USERS_NAMESPACE, null, Set.of(scope));
            }
            Domain domain = DomainXml.parse(xml.get());
            Domain.Nic nic = domain.nicOn(bridge);
            if (nic != null && NicOnDemand.ALIAS.equals(nic.alias())) {
                found.hypervisor().detachDevice(found.uuid(), NicOnDemand.xml(bridge, domain), Set.of(scope));
            }
        }
        inbox.changed(found.hypervisor(), found.uuid());
    }

    private void write(Found found, String element, Scope scope) throws HypervisorException {
        found.hypervisor().setMetadata(found.uuid(), USERS_NAMESPACE, element, Set.of(scope));
        inbox.changed(found.hypervisor(), found.uuid());
    }

    static Found find(Collection<Hypervisor> hypervisors, String reference) throws HypervisorException {
        if (hypervisors.isEmpty()) {
            throw new HypervisorException("libvirt is not there; it is waited for");
        }
        for (Hypervisor hypervisor : hypervisors) {
            Optional<UUID> uuid = hypervisor.find(reference);
            if (uuid.isPresent()) {
                return new Found(
                        hypervisor, uuid.get(), hypervisor.liveXml(uuid.get()), hypervisor.persistentXml(uuid.get()));
            }
        }
        throw new HypervisorException("no domain " + reference + "; 'virsh list --all' shows those there are");
    }
}
