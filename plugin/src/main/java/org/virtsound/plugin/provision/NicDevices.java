package org.virtsound.plugin.provision;

import org.virtsound.plugin.domain.Domain;

/** Knows the host's end of NICs better than libvirt does. For the reconciler's thread. */
public interface NicDevices {
    /** @return the domain, each of its NICs with the device that carries its frames now */
    Domain named(Domain domain);
}
