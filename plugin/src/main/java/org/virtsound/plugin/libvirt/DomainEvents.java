package org.virtsound.plugin.libvirt;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.libvirt.jna.ConnectionPointer;
import org.libvirt.jna.DomainPointer;
import org.libvirt.jna.Libvirt;

/**
 * The callbacks that libvirt holds. They live as long as the process: one that native code still holds and the collector took
 * crashes the JVM. A connection is told apart by its generation, which travels as the opaque pointer. A callback runs on libvirt's
 * event thread or inside any call, so it takes no lock: it copies the domain's UUID and passes it on.
 */
final class DomainEvents {
    private static final int LIFECYCLE = 0;
    private static final int DEVICE_REMOVED = 15;
    private static final int DEVICE_ADDED = 19;
    private static final int METADATA_CHANGE = 23;
    private static final int UUID_BYTES = 16;

    private static final Map<Long, Listener> LISTENERS = new ConcurrentHashMap<>();

    private static final Lifecycle ON_LIFECYCLE = (connection, domain, event, detail, opaque) -> {
        changed(domain, opaque);
        return 0;
    };
    private static final Device ON_DEVICE = (connection, domain, alias, opaque) -> changed(domain, opaque);
    private static final Metadata ON_METADATA =
            (connection, domain, type, namespace, opaque) -> changed(domain, opaque);
    private static final Libvirt.VirConnectCloseFunc ON_CLOSE = (connection, reason, opaque) -> {
        Listener listener = listener(opaque);
        if (listener != null) {
            listener.closed(reason);
        }
    };

    private DomainEvents() {}

    /** Hears of one connection. Takes no lock. */
    interface Listener {
        void changed(UUID domain);

        /** @param reason 0 error, 1 end of file, 2 keepalive, 3 closed by us */
        void closed(int reason);
    }

    /** Shapes of libvirt's callbacks that the library does not offer, or only with strings that nobody reads. */
    interface Lifecycle extends Libvirt.VirDomainEventCallback {
        int callback(ConnectionPointer connection, DomainPointer domain, int event, int detail, Pointer opaque);
    }

    interface Device extends Libvirt.VirDomainEventCallback {
        void callback(ConnectionPointer connection, DomainPointer domain, Pointer alias, Pointer opaque);
    }

    interface Metadata extends Libvirt.VirDomainEventCallback {
        void callback(ConnectionPointer connection, DomainPointer domain, int type, Pointer namespace, Pointer opaque);
    }

    /**
     * Registers everything for one connection.
     *
     * @param generation unique in this process, from 1
     * @return what to hand to {@link #deregister}
     */
    static List<Integer> register(ConnectionPointer connection, long generation, Listener listener) {
        LISTENERS.put(generation, listener);
        Libvirt libvirt = Libvirt.INSTANCE;
        Pointer opaque = new Pointer(generation);
        List<Integer> callbacks = new ArrayList<>();
        add(
                callbacks,
                libvirt.virConnectDomainEventRegisterAny(connection, null, LIFECYCLE, ON_LIFECYCLE, opaque, null));
        // Drivers without device or metadata events refuse, or never send any; the regular pass sees such changes.
        add(
                callbacks,
                libvirt.virConnectDomainEventRegisterAny(connection, null, DEVICE_ADDED, ON_DEVICE, opaque, null));
        add(
                callbacks,
                libvirt.virConnectDomainEventRegisterAny(connection, null, DEVICE_REMOVED, ON_DEVICE, opaque, null));
        add(
                callbacks,
                libvirt.virConnectDomainEventRegisterAny(connection, null, METADATA_CHANGE, ON_METADATA, opaque, null));
        // The in-process drivers have no close callback.
        libvirt.virConnectRegisterCloseCallback(connection, ON_CLOSE, opaque, null);
        return List.copyOf(callbacks);
    }

    /** Also on a dead link, and always before it is closed. */
    static void deregister(ConnectionPointer connection, long generation, List<Integer> callbacks) {
        for (int callback : callbacks) {
            Libvirt.INSTANCE.virConnectDomainEventDeregisterAny(connection, callback);
        }
        Libvirt.INSTANCE.virConnectUnregisterCloseCallback(connection, ON_CLOSE);
        LISTENERS.remove(generation);
    }

    private static void add(List<Integer> callbacks, int callback) {
        if (callback >= 0) {
            callbacks.add(callback);
        }
    }

    private static void changed(DomainPointer domain, Pointer opaque) {
        Listener listener = listener(opaque);
        byte[] uuid = new byte[UUID_BYTES];
        if (listener != null && Libvirt.INSTANCE.virDomainGetUUID(domain, uuid) == 0) {
            ByteBuffer bytes = ByteBuffer.wrap(uuid);
            listener.changed(new UUID(bytes.getLong(), bytes.getLong()));
        }
    }

    private static @Nullable Listener listener(Pointer opaque) {
        return LISTENERS.get(Pointer.nativeValue(opaque));
    }
}
