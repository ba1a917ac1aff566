package org.virtsound.plugin.provision;

import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.virtsound.plugin.domain.AudioElement;
import org.virtsound.plugin.domain.AudioElement.Setting;
import org.virtsound.plugin.domain.Domain;
import org.virtsound.plugin.domain.DomainNames;
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
    record Found(Hypervisor hypervisor, UUID uuid, Optional<String> live, Optional<String> persistent) {
        /** As it runs; where it does not run, as it is defined. */
        Domain domain() {
            return DomainXml.parse(live.or(() -> persistent).orElseThrow());
        }
    }

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
        if (persistent && found.persistent().isEmpty()) {
            throw new HypervisorException(
                    "domain " + reference + " is transient: it has no next start to keep this for");
        }
        if (found.live().isPresent()) {
            write(found, AudioElement.of(found.live().get(), settings), Scope.LIVE);
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

    /**
     * Takes the element and the NIC that was made for it away, for the next starts and now.
     *
     * @throws HypervisorException where the domain has a NIC of the user's own on the bridge, by which it would go on to take part
     */
    void disable(Collection<Hypervisor> hypervisors, String reference) throws HypervisorException {
        Found found = find(hypervisors, reference);
        Map<Scope, String> xmls = new EnumMap<>(Scope.class);
        found.persistent().ifPresent(xml -> xmls.put(Scope.PERSISTENT, xml));
        found.live().ifPresent(xml -> xmls.put(Scope.LIVE, xml));
        for (String xml : xmls.values()) {
            refuseOwnNic(found.hypervisor(), DomainXml.parse(xml));
        }
        for (Scope scope : List.of(Scope.PERSISTENT, Scope.LIVE)) {
            String xml = xmls.get(scope);
            if (xml == null) {
                continue;
            }
            if (AudioElement.isIn(xml)) {
                found.hypervisor().setMetadata(found.uuid(), USERS_NAMESPACE, null, Set.of(scope));
            }
            Domain domain = DomainXml.parse(xml);
            if (domain.nicOn(bridge) != null) {
                found.hypervisor().detachDevice(found.uuid(), NicOnDemand.xml(bridge, domain), Set.of(scope));
            }
        }
        inbox.changed(found.hypervisor(), found.uuid());
    }

    private void refuseOwnNic(Hypervisor hypervisor, Domain domain) throws HypervisorException {
        for (Domain.Nic nic : domain.nics()) {
            if (nic.bridge().equals(bridge) && !NicOnDemand.isOurs(nic, domain)) {
                throw new HypervisorException("domain " + domain.name() + " takes part by its own NIC " + nic.mac()
                        + " on bridge " + bridge + "; take that out first: "
                        + hypervisor.nicAwayByHand(domain.name(), nic.mac()));
            }
        }
    }

    private void write(Found found, String element, Scope scope) throws HypervisorException {
        found.hypervisor().setMetadata(found.uuid(), USERS_NAMESPACE, element, Set.of(scope));
        inbox.changed(found.hypervisor(), found.uuid());
    }

    /**
     * Of several, the one that runs.
     *
     * @throws NoSuchElementException where no connection knows it
     */
    static Found find(Collection<Hypervisor> hypervisors, String reference) throws HypervisorException {
        if (hypervisors.isEmpty()) {
            throw new HypervisorException("libvirt is not there; it is waited for");
        }
        Map<UUID, Found> all = new LinkedHashMap<>();
        HypervisorException failed = null;
        for (Hypervisor hypervisor : hypervisors) {
            try {
                Optional<UUID> uuid = hypervisor.find(reference);
                if (uuid.isPresent()) {
                    all.putIfAbsent(uuid.get(), found(hypervisor, uuid.get()));
                }
            } catch (HypervisorException e) {
                failed = e; // which is none of the others' business
            }
        }
        List<Found> running =
                all.values().stream().filter(found -> found.live().isPresent()).toList();
        List<Found> meant = running.isEmpty() ? List.copyOf(all.values()) : running;
        if (meant.isEmpty()) {
            if (failed != null) {
                throw failed;
            }
            throw new NoSuchElementException("no domain " + reference + "; 'virsh list --all' shows those there are");
        }
        if (meant.size() > 1) {
            throw new HypervisorException(DomainNames.several(
                    reference,
                    meant.stream().map(found -> found.domain().names()).toList()));
        }
        return meant.get(0);
    }

    private static Found found(Hypervisor hypervisor, UUID uuid) throws HypervisorException {
        return new Found(hypervisor, uuid, hypervisor.liveXml(uuid), hypervisor.persistentXml(uuid));
    }
}
