package org.virtsound.plugin.domain;

/** How a guest's sound comes to the host. */
public enum Transport {
    /** By what the domain has: a NIC on the bridge or a NIC made for it; a container's socket. */
    AUTO,
    NETWORK,
    VCHAN,
    SOCKET
}
