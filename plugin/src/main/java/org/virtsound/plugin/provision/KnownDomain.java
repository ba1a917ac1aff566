package org.virtsound.plugin.provision;

import org.virtsound.plugin.domain.Domain;

/**
 * What libvirt says of a domain, whether it takes part or not.
 *
 * @param domain as it runs; where it does not run, as it is defined
 * @param hypervisorUri that it was read from
 * @param takesPart has our element or a NIC on the bridge
 */
public record KnownDomain(Domain domain, String hypervisorUri, boolean running, boolean takesPart) {
    static KnownDomain of(DomainEdits.Found found, String bridge) {
        Domain domain = found.domain();
        return new KnownDomain(
                domain, found.hypervisor().uri(), found.live().isPresent(), domain.transport(bridge) != null);
    }
}
