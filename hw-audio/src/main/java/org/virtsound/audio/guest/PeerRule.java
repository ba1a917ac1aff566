package org.virtsound.audio.guest;

/** Who may talk over a unix socket, by the kernel's word for the peer; asked again at each connection, whatever the file's mode. */
@FunctionalInterface
public interface PeerRule {
    boolean allows(int uid, int gid);
}
