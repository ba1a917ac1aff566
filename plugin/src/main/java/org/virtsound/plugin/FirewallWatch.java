package org.virtsound.plugin;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.virtsound.plugin.provision.Reconciler;

/**
 * Hears from the kernel when nftables' rules are changed, iptables' on top of them among these (netlink(7), NFNLGRP_NFTABLES): what
 * takes ours away is noticed at once, and the network is looked at every few seconds only where the kernel does not tell.
 *
 * <p>One thread of its own, {@code firewall-watch}, which sleeps while nothing happens and ends with the process.
 */
final class FirewallWatch {
    private static final Logger log = Logger.getLogger(FirewallWatch.class.getName());
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int NETLINK_NETFILTER = 12;
    private static final int NFNLGRP_NFTABLES = 7;
    /** struct sockaddr_nl: family, 2 bytes of nothing, port id, groups. */
    private static final int ADDRESS_BYTES = 12;

    private static final int GROUPS = 8;
    private static final int EINTR = 4;
    private static final int ENOBUFS = 105;

    private final Reconciler reconciler;
    private final Thread thread = new Thread(this::run, "firewall-watch");

    private static final class LibC {
        static {
            Native.register(LibC.class, "c");
        }

        static native int socket(int domain, int type, int protocol) throws LastErrorException;

        static native int bind(int socket, ByteBuffer address, int addressBytes) throws LastErrorException;

        static native long recv(int socket, ByteBuffer into, long bytes, int flags) throws LastErrorException;
    }

    FirewallWatch(Reconciler reconciler) {
        this.reconciler = reconciler;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            int socket = LibC.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
            ByteBuffer address = ByteBuffer.allocateDirect(ADDRESS_BYTES).order(ByteOrder.nativeOrder());
            address.putShort(0, (short) AF_NETLINK).putInt(GROUPS, 1 << (NFNLGRP_NFTABLES - 1));
            LibC.bind(socket, address, ADDRESS_BYTES);
            reconciler.firewallIsHeard(true);
            // What was changed between the last look and now was not heard.
            reconciler.firewallChanged();
            // That something changed is enough: a message that is longer is cut off.
            ByteBuffer message = ByteBuffer.allocateDirect(64);
            while (true) {
                receive(socket, message);
                reconciler.firewallChanged();
            }
        } catch (LastErrorException | LinkageError e) {
            reconciler.firewallIsHeard(false);
            log.log(
                    Level.INFO,
                    "changes to the firewall are looked for, since they cannot be heard: " + e.getMessage());
        }
    }

    private static void receive(int socket, ByteBuffer message) {
        try {
            LibC.recv(socket, message, message.capacity(), 0);
        } catch (LastErrorException e) {
            // Where more was said at once than fits, or we were interrupted, something may have changed.
            if (e.getErrorCode() != ENOBUFS && e.getErrorCode() != EINTR) {
                throw e;
            }
        }
    }
}
