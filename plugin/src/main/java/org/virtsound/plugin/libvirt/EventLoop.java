package org.virtsound.plugin.libvirt;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.libvirt.Connect;
import org.libvirt.Library;
import org.libvirt.LibvirtException;
import org.libvirt.jna.Libvirt;

/** libvirt's event loop: there is one a process, it is there before the first connection and stays. */
final class EventLoop {
    private static final Logger log = Logger.getLogger(EventLoop.class.getName());

    /** Held for good, as all that native code calls; without it libvirt prints each error on stderr. */
    private static final Libvirt.VirErrorCallback SILENT = (data, error) -> {};

    private static boolean started;

    private EventLoop() {}

    static synchronized void start() throws LibvirtException {
        if (started) {
            return;
        }
        Connect.setErrorCallback(SILENT);
        Library.initEventLoop();
        Thread thread = new Thread(EventLoop::run, "libvirt-events");
        thread.setDaemon(true);
        thread.start();
        started = true;
    }

    private static void run() {
        while (true) {
            try {
                Library.processEvent();
            } catch (LibvirtException e) {
                log.log(Level.WARNING, "libvirt's event loop: " + e.getMessage());
            }
        }
    }
}
