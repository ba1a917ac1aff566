package org.virtsound.plugin.provision;

import java.util.UUID;

/** What a connection to libvirt reports. Called on any thread, libvirt's own among them: it only takes note. */
public interface HypervisorListener {
    /** The connection stands; whatever happened before is unknown. */
    void connected(Hypervisor hypervisor);

    /** The connection is gone; its domains may well go on running. */
    void lost(Hypervisor hypervisor);

    /** Something about the domain changed; read it again. */
    void changed(Hypervisor hypervisor, UUID domain);
}
