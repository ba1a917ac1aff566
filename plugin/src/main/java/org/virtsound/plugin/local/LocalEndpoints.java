package org.virtsound.plugin.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.relay.GuestRelays;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.plugin.config.LocalEndpoint;
import org.virtsound.plugin.config.LocalFiles;
import org.virtsound.plugin.config.ServiceConfig;
import org.virtsound.plugin.domain.AudioElement.Setting;

/**
 * The endpoints for users and containers of this machine. Its one thread, {@code local}, opens and closes them, since that asks the
 * account database and waits for sockets; the public methods are for any other thread.
 */
public final class LocalEndpoints implements AutoCloseable {
    private static final Logger log = Logger.getLogger(LocalEndpoints.class.getName());

    private final List<LocalEndpoint> configured;
    private final Path directory;
    private final LocalFiles files;
    private final Doors doors;
    private final GuestRelays relays;
    private final Map<String, LocalGuest> guests = new TreeMap<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread local = new Thread(task, "local");
        local.setDaemon(true);
        return local;
    });
    private volatile List<LocalGuest> views = List.of();

    public LocalEndpoints(ServiceConfig config, AudioLoop loop, GuestRelays relays) {
        configured = config.locals();
        directory = config.runtimeDir().resolve("local");
        files = new LocalFiles(config.localDir());
        doors = new Doors(directory, loop, relays);
        this.relays = relays;
    }

    /** Opens all that are written down; one that cannot be opened is named in the log and in the list. */
    public void start() {
        call(() -> {
                    List<LocalEndpoint> all = new ArrayList<>(files.read());
                    all.addAll(configured);
                    for (LocalEndpoint endpoint : all) {
                        close(guests.remove(endpoint.name()));
                        guests.put(endpoint.name(), openedOrFailed(endpoint));
                    }
                    return null;
                })
                .join();
    }

    /** All there are now, in service or not. */
    public List<LocalGuest> guests() {
        return views;
    }

    /**
     * Opens an endpoint and writes it down, in place of one of that name.
     *
     * @return ends with the reason where it cannot be as asked, and nothing is written down
     */
    public CompletableFuture<LocalGuest> add(LocalEndpoint endpoint) {
        return call(() -> {
            refuseConfigured(endpoint.name());
            LocalGuest before = guests.remove(endpoint.name());
            close(before);
            LocalGuest opened = null;
            try {
                opened = doors.open(endpoint);
                files.write(endpoint);
                guests.put(endpoint.name(), opened);
                return opened;
            } catch (IOException | IllegalArgumentException e) {
                close(opened);
                if (before != null) {
                    guests.put(endpoint.name(), openedOrFailed(before.endpoint()));
                }
                throw e;
            }
        });
    }

    /**
     * Changes settings of an endpoint in service, named as in a domain's metadata.
     *
     * @param persistent at the next start of the service, too
     * @return ends with the reason where one cannot be used, and nothing is changed
     */
    public CompletableFuture<Boolean> set(String name, List<Setting> settings, boolean persistent) {
        return call(() -> {
            LocalGuest guest = guests.get(name);
            if (guest == null) {
                throw new NoSuchElementException(noSuch(name));
            }
            LocalEndpoint changed = LocalFiles.with(guest.endpoint(), settings);
            if (persistent) {
                refuseConfigured(name);
                files.write(LocalFiles.with(files.read(name), settings));
            }
            if (guest.relay() != null) {
                relays.open(changed.identity(), changed.policy());
            }
            guests.put(name, guest.with(changed));
            return true;
        });
    }

    private LocalGuest openedOrFailed(LocalEndpoint endpoint) {
        try {
            return doors.open(endpoint);
        } catch (IOException | IllegalArgumentException e) {
            log.log(Level.SEVERE, endpoint.identity().name() + ": " + e.getMessage());
            return LocalGuest.failed(endpoint, String.valueOf(e.getMessage()));
        }
    }

    /** @return whether there was one of that name; ends with the reason where it cannot be forgotten, and stays in service */
    public CompletableFuture<Boolean> remove(String name) {
        return call(() -> {
            refuseConfigured(name);
            if (!guests.containsKey(name)) {
                return false;
            }
            files.remove(name);
            close(guests.remove(name));
            Files.deleteIfExists(directory.resolve(name));
            return true;
        });
    }

    /** Closes all; what is written down opens again at the next start, in the same directories. */
    @Override
    public void close() {
        call(() -> {
                    guests.values().forEach(LocalEndpoints::close);
                    guests.clear();
                    return null;
                })
                .join();
        thread.shutdown();
    }

    /** What to say where there is none of that name. */
    public static String noSuch(String name) {
        return "no local endpoint " + name + "; 'virt-sound local list' shows those there are";
    }

    private void refuseConfigured(String name) {
        if (configured.stream().anyMatch(endpoint -> endpoint.name().equals(name))) {
            throw new IllegalArgumentException(LocalEndpoint.PREFIX + name
                    + " is written in the service's configuration; change it there and restart");
        }
    }

    private interface Work<T> {
        @Nullable
        T run() throws IOException;
    }

    private <T> CompletableFuture<T> call(Work<T> work) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return work.run();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e.getMessage(), e);
                    } finally {
                        views = List.copyOf(guests.values());
                    }
                },
                thread);
    }

    private static void close(@Nullable LocalGuest guest) {
        if (guest == null || guest.relay() == null) {
            return;
        }
        try {
            if (guest.door() != null) {
                guest.door().close();
            }
        } catch (Exception e) {
            log.log(Level.WARNING, guest.endpoint().identity().name() + ": while closing", e);
        }
        guest.relay().close().join();
    }
}
