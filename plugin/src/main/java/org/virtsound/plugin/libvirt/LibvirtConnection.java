package org.virtsound.plugin.libvirt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;
import org.libvirt.jna.ConnectionPointer;
import org.virtsound.plugin.domain.DomainNames;
import org.virtsound.plugin.provision.Hypervisor;
import org.virtsound.plugin.provision.HypervisorException;

/**
 * One connection from its opening to its close. A lock makes sure that nobody is inside the library with a pointer that was closed
 * meanwhile, which would end the JVM; libvirt's callbacks never take it.
 */
final class LibvirtConnection implements Hypervisor {
    private static final Logger log = Logger.getLogger(LibvirtConnection.class.getName());
    private static final AtomicLong GENERATIONS = new AtomicLong();
    private static final int KEEPALIVE_INTERVAL_S = 2;
    private static final int KEEPALIVE_COUNT = 2;
    private static final int LIST_ALL = 0;
    private static final int XML_INACTIVE = 2;
    private static final int METADATA_ELEMENT = 2;
    private static final String METADATA_KEY = "virt-sound";
    private static final int CLOSE_WITHIN_MS = 500;

    private final String uri;
    private final Handle handle;
    private final Consumer<LibvirtConnection> broken;
    private final long generation = GENERATIONS.incrementAndGet();
    private final ReentrantLock lock = new ReentrantLock();
    private List<Integer> callbacks = List.of();
    private boolean closed;

    /** @param broken called on any thread when the link turns out to be dead; takes no lock */
    private LibvirtConnection(String uri, Handle handle, Consumer<LibvirtConnection> broken) {
        this.uri = uri;
        this.handle = handle;
        this.broken = broken;
    }

    /** Blocks without an end where the daemon hangs: call it on a thread that can be left behind. */
    static LibvirtConnection open(String uri, Consumer<LibvirtConnection> broken) throws LibvirtException {
        EventLoop.start();
        return new LibvirtConnection(uri, new Handle(uri), broken);
    }

    /** Reaches the pointer that the library keeps to itself and its subclasses. */
    private static final class Handle extends Connect {
        Handle(String uri) throws LibvirtException {
            super(uri);
        }

        ConnectionPointer pointer() {
            return vcp;
        }
    }

    /** From here on {@code changed} hears of domains. */
    void watch(Consumer<UUID> changed) throws HypervisorException {
        locked(() -> {
            callbacks = DomainEvents.register(handle.pointer(), generation, new DomainEvents.Listener() {
                @Override
                public void changed(UUID domain) {
                    changed.accept(domain);
                }

                @Override
                public void closed(int reason) {
                    broken.accept(LibvirtConnection.this);
                }
            });
            try {
                handle.setKeepAlive(KEEPALIVE_INTERVAL_S, KEEPALIVE_COUNT);
            } catch (LibvirtException e) {
                log.log(Level.FINE, uri + " has no keepalive: " + e.getMessage());
            }
            return true;
        });
    }

    @Override
    public String uri() {
        return uri;
    }

    @Override
    public List<UUID> domains() throws HypervisorException {
        return locked(() -> all().stream().map(DomainNames::uuid).toList());
    }

    private List<DomainNames> all() throws LibvirtException {
        List<DomainNames> domains = new ArrayList<>();
        for (Domain domain : handle.listAllDomains(LIST_ALL)) {
            try {
                domains.add(new DomainNames(domain.getID(), UUID.fromString(domain.getUUIDString()), domain.getName()));
            } finally {
                domain.free();
            }
        }
        return domains;
    }

    @Override
    public Optional<String> liveXml(UUID uuid) throws HypervisorException {
        return withDomain(uuid, domain -> domain.isActive() == 1 ? domain.getXMLDesc(0) : "")
                .filter(xml -> !xml.isEmpty());
    }

    @Override
    public Optional<UUID> find(String reference) throws HypervisorException {
        return locked(() -> DomainNames.find(all(), names -> names, reference).map(DomainNames::uuid));
    }

    @Override
    public Optional<String> persistentXml(UUID uuid) throws HypervisorException {
        return withDomain(uuid, domain -> domain.isPersistent() == 1 ? domain.getXMLDesc(XML_INACTIVE) : "")
                .filter(xml -> !xml.isEmpty());
    }

    @Override
    public void setMetadata(UUID uuid, String namespace, @Nullable String element, Set<Scope> scopes)
            throws HypervisorException {
        withDomain(uuid, domain -> {
            domain.setMetadata(METADATA_ELEMENT, element, METADATA_KEY, namespace, flags(scopes));
            return true;
        });
    }

    @Override
    public void attachDevice(UUID uuid, String device, Set<Scope> scopes) throws HypervisorException {
        withDomain(uuid, domain -> {
            domain.attachDeviceFlags(device, flags(scopes));
            return true;
        });
    }

    @Override
    public void detachDevice(UUID uuid, String device, Set<Scope> scopes) throws HypervisorException {
        withDomain(uuid, domain -> {
            domain.detachDeviceFlags(device, flags(scopes));
            return true;
        });
    }

    /** Deregisters, then closes; on a dead link too. Gives up where a call still hangs in the library. */
    void close() {
        boolean mine;
        try {
            mine = lock.tryLock(CLOSE_WITHIN_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            mine = false;
        }
        if (!mine) {
            log.log(Level.WARNING, uri + ": a call hangs, so its connection stays open");
            return;
        }
        try {
            if (!closed) {
                closed = true;
                DomainEvents.deregister(handle.pointer(), generation, callbacks);
                int references = handle.close();
                if (references != 0) {
                    log.log(Level.WARNING, uri + ": " + references + " references left after close");
                }
            }
        } catch (LibvirtException e) {
            log.log(Level.WARNING, uri + ": close: " + e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    private interface Call<T> {
        T run() throws LibvirtException;
    }

    private interface DomainCall<T> {
        T run(Domain domain) throws LibvirtException;
    }

    /** @return empty where the domain is gone */
    private <T> Optional<T> withDomain(UUID uuid, DomainCall<T> call) throws HypervisorException {
        return locked(() -> {
            Domain domain = null;
            try {
                domain = handle.domainLookupByUUID(uuid);
                return Optional.of(call.run(domain));
            } catch (LibvirtException e) {
                if (isGone(e)) {
                    return Optional.empty();
                }
                throw e;
            } finally {
                if (domain != null) {
                    domain.free();
                }
            }
        });
    }

    private <T> T locked(Call<T> call) throws HypervisorException {
        lock.lock();
        try {
            if (closed) {
                throw new HypervisorException(uri + ": the connection is closed");
            }
            return call.run();
        } catch (LibvirtException e) {
            if (!alive()) {
                broken.accept(this);
            }
            throw new HypervisorException(String.valueOf(e.getMessage()));
        } finally {
            lock.unlock();
        }
    }

    private boolean alive() {
        try {
            return handle.isAlive();
        } catch (LibvirtException e) {
            return false;
        }
    }

    private static boolean isGone(LibvirtException e) {
        return e.getError() != null && e.getError().getCode() == ErrorNumber.VIR_ERR_NO_DOMAIN;
    }

    private static int flags(Set<Scope> scopes) {
        return (scopes.contains(Scope.LIVE) ? 1 : 0) | (scopes.contains(Scope.PERSISTENT) ? 2 : 0);
    }
}
