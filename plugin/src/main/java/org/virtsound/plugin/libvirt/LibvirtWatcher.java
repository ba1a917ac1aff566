package org.virtsound.plugin.libvirt;

import java.util.List;
import org.virtsound.plugin.config.ServiceConfig;
import org.virtsound.plugin.provision.HypervisorListener;

/** Watches libvirt: by default the first of the usual URIs that answers, or every one of those that the configuration lists. */
public final class LibvirtWatcher implements AutoCloseable {
    private final List<LibvirtLink> links;

    public LibvirtWatcher(ServiceConfig config, HypervisorListener listener) {
        this.links = config.serveAllUris()
                ? config.libvirtUris().stream()
                        .map(uri -> new LibvirtLink(List.of(uri), listener))
                        .toList()
                : List.of(new LibvirtLink(config.libvirtUris(), listener));
    }

    public void start() {
        links.forEach(LibvirtLink::start);
    }

    /** How each connection stands. For any thread. */
    public List<LinkStatus> status() {
        return links.stream().map(LibvirtLink::status).toList();
    }

    @Override
    public void close() {
        links.forEach(LibvirtLink::stop);
        links.forEach(LibvirtLink::join);
    }
}
