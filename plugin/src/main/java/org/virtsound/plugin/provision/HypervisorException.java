package org.virtsound.plugin.provision;

/** libvirt did not do what was asked; the message is its own. */
public final class HypervisorException extends Exception {
    public HypervisorException(String message) {
        super(message);
    }
}
