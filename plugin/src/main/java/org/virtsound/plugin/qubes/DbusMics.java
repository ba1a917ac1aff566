package org.virtsound.plugin.qubes;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.freedesktop.dbus.connections.impl.DBusConnection;
import org.freedesktop.dbus.connections.impl.DBusConnectionBuilder;
import org.freedesktop.dbus.exceptions.DBusException;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.relay.GuestRelay;

/**
 * D-Bus: for each guest the name {@code org.qubesos.Audio.NAME} with the property RecAllowed and its signal. All names share one
 * object path, so each has a connection of its own. Owned by one thread, since the bus is waited for.
 *
 * <p>Source: qubes-audio.md, 6 (a).
 */
final class DbusMics implements MicControl {
    private static final Logger log = Logger.getLogger(DbusMics.class.getName());
    private static final String BY = "qubes dbus";
    private static final String NAME = "org.qubesos.Audio.";
    private static final String PATH = "/org/qubesos/audio";
    private static final Pattern NAME_ELEMENT = Pattern.compile("[A-Za-z_-][A-Za-z0-9_-]{0,200}");
    private static final int STOP_WITHIN_MS = 500;

    private final @Nullable String address;
    private final Map<UUID, OnBus> guests = new HashMap<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread dbus = new Thread(task, "qubes-dbus");
        dbus.setDaemon(true);
        return dbus;
    });

    /** @param address of a bus, null for the system's */
    DbusMics(@Nullable String address) {
        this.address = address;
        // The library logs by a facade that complains on standard error when it finds nobody to log to.
        System.setProperty("slf4j.internal.verbosity", "ERROR");
    }

    @Override
    public void open(GuestRelay guest) {
        thread.execute(() -> {
            String name = guest.identity().name();
            if (!NAME_ELEMENT.matcher(name).matches()) {
                log.log(
                        Level.WARNING,
                        "domain " + name
                                + ": its name makes no D-Bus name (letters, digits, '-' and '_', no digit first)");
                return;
            }
            try {
                guests.put(guest.identity().uuid(), new OnBus(guest, connect()));
            } catch (DBusException | RuntimeException e) {
                log.log(Level.WARNING, "D-Bus: " + NAME + name + " cannot be offered: " + e.getMessage());
            }
        });
    }

    private DBusConnection connect() throws DBusException {
        DBusConnectionBuilder builder =
                address == null ? DBusConnectionBuilder.forSystemBus() : DBusConnectionBuilder.forAddress(address);
        return builder.withShared(false)
                .receivingThreadConfig()
                .withMethodCallThreadCount(1)
                .withSignalThreadCount(1)
                .withErrorHandlerThreadCount(1)
                .withMethodReturnThreadCount(1)
                .connectionConfig()
                .build();
    }

    @Override
    public void changed(GuestRelay guest, MicState state) {
        thread.execute(() -> {
            OnBus known = guests.get(guest.identity().uuid());
            if (known != null) {
                known.changed(state.allowed());
            }
        });
    }

    @Override
    public void close(GuestRelay guest) {
        thread.execute(() -> {
            OnBus known = guests.remove(guest.identity().uuid());
            if (known != null) {
                known.close();
            }
        });
    }

    @Override
    public void stop() {
        thread.execute(() -> {
            guests.values().forEach(OnBus::close);
            guests.clear();
        });
        thread.shutdown();
        try {
            thread.awaitTermination(STOP_WITHIN_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One guest's name on the bus; the property is read and set on the library's threads. */
    private static final class OnBus implements AudioInterface {
        private final GuestRelay guest;
        private final DBusConnection connection;
        private volatile boolean allowed;

        OnBus(GuestRelay guest, DBusConnection connection) throws DBusException {
            this.guest = guest;
            this.connection = connection;
            try {
                connection.exportObject(PATH, this);
                connection.requestBusName(NAME + guest.identity().name());
            } catch (DBusException | RuntimeException e) {
                close();
                throw e;
            }
        }

        void changed(boolean now) {
            if (now == allowed) {
                return;
            }
            allowed = now;
            try {
                connection.sendMessage(
                        new RecAllowedChanged(PATH, now, guest.identity().name()));
            } catch (DBusException | RuntimeException e) {
                log.log(Level.WARNING, "D-Bus: " + NAME + guest.identity().name() + ": " + e.getMessage());
            }
        }

        void close() {
            try {
                connection.close();
            } catch (IOException e) {
                // It is gone either way.
            }
        }

        @Override
        public boolean isRecAllowed() {
            return allowed;
        }

        @Override
        public void setRecAllowed(boolean wanted) {
            MicSwitch.set(guest, wanted, BY);
        }

        @Override
        public String getObjectPath() {
            return PATH;
        }
    }
}
