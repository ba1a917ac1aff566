package org.virtsound.plugin.provision;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.virtsound.plugin.domain.Virsh;

/** One connection to libvirt, while it stands, or what does its work for guests that it does not see. Calls may block for some seconds; they are for any thread. */
public interface Hypervisor {
    String uri();

    /** Those that run and those that do not. */
    List<UUID> domains() throws HypervisorException;

    /** The live XML, empty where the domain does not run or is gone. */
    Optional<String> liveXml(UUID domain) throws HypervisorException;

    /** @param reference the id of one that runs, else a UUID, else a name; empty where there is no such domain */
    Optional<UUID> find(String reference) throws HypervisorException;

    /** The XML of its next start, empty where the domain is gone or not kept over its stop. */
    Optional<String> persistentXml(UUID domain) throws HypervisorException;

    /**
     * Puts an element into the domain's metadata, in place of the one with that namespace.
     *
     * @param element without a namespace, which libvirt adds; null takes it out
     */
    void setMetadata(UUID domain, String namespace, @Nullable String element, Set<Scope> scopes)
            throws HypervisorException;

    /** Plugs a device in. */
    void attachDevice(UUID domain, String device, Set<Scope> scopes) throws HypervisorException;

    /** Pulls one out; where the guest does not let go of it, it stays, and libvirt may well say that all is fine. */
    void detachDevice(UUID domain, String device, Set<Scope> scopes) throws HypervisorException;

    /** Whether libvirt does not see its domains, which a user should be told. */
    default boolean isBesideLibvirt() {
        return false;
    }

    /** What a user types to give a domain a NIC on the bridge where we cannot. */
    default String nicByHand(String name, String bridge) {
        return "to have one from its next start: virt-sound enable " + name;
    }

    /** What a user types to take such a NIC of his own away, now and at the next starts. */
    default String nicAwayByHand(String name, String mac) {
        return Virsh.at(uri()) + " detach-interface " + name + " bridge --mac " + mac + " --persistent";
    }

    /** What a change reaches: the domain as it runs, or as it is defined. */
    enum Scope {
        LIVE,
        PERSISTENT
    }
}
