package org.virtsound.plugin.provision;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.virtsound.plugin.domain.Domain;
import org.virtsound.plugin.domain.DomainXml;
import org.virtsound.plugin.domain.Transport;

/**
 * The containers as libvirt keeps them on the disk. When the host boots, libvirt starts some of them before it answers anybody, and
 * each needs its socket's directory by then.
 */
public final class StoredContainers {
    private static final Logger log = Logger.getLogger(StoredContainers.class.getName());

    private StoredContainers() {}

    /**
     * Called before the reconciler's thread starts; what is wrong here is seen again when libvirt answers.
     *
     * @param directory libvirt's own, {@code /etc/libvirt/lxc}
     * @param hypervisorUri that will answer for them
     */
    public static void offer(Path directory, String hypervisorUri, String bridge, GuestSockets sockets) {
        if (!Files.isReadable(directory)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.xml")) {
            for (Path file : files) {
                offerOne(file, hypervisorUri, bridge, sockets);
            }
        } catch (IOException | DirectoryIteratorException e) {
            log.log(Level.WARNING, "containers in " + directory + ": " + e.getMessage());
        }
    }

    private static void offerOne(Path file, String hypervisorUri, String bridge, GuestSockets sockets) {
        try {
            Domain domain = DomainXml.parse(Files.readString(file));
            if (domain.transport(bridge) == Transport.SOCKET) {
                sockets.offer(domain, hypervisorUri);
            }
        } catch (IOException | IllegalArgumentException e) {
            log.log(Level.WARNING, "container in " + file + ": " + e.getMessage());
        }
    }
}
