package org.virtsound.plugin.local;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.guest.PeerRule;
import org.virtsound.audio.guest.PulseTcpEndpoint;
import org.virtsound.audio.guest.PulseUnixEndpoint;
import org.virtsound.audio.guest.SocketPlace;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.audio.relay.GuestRelays;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.plugin.config.ServiceConfig;

/**
 * The endpoints for local users that are open now. Calls block for a moment; they are made one at a time, from any thread but the
 * audio loop.
 */
@Singleton
public final class LocalEndpoints {
    private static final System.Logger log = System.getLogger(LocalEndpoints.class.getName());
    private static final int ANYBODY = 0666;

    private final Path directory;
    private final LocalFiles files;
    private final AudioLoop loop;
    private final GuestRelays relays;
    private final Map<String, Open> open = new TreeMap<>();

    /**
     * An endpoint in service.
     *
     * @param server for a client's {@code default-server}
     * @param problem why it is not in service after all, null where it is
     */
    public record Open(
            LocalEndpoint endpoint,
            @Nullable String server,
            @Nullable GuestRelay relay,
            @Nullable AutoCloseable door,
            @Nullable String problem) {}

    @Inject
    public LocalEndpoints(ServiceConfig config, LocalFiles files, AudioLoop loop, GuestRelays relays) {
        this.directory = config.runtimeDir().resolve("local");
        this.files = files;
        this.loop = loop;
        this.relays = relays;
    }

    /** Opens all that are written down; one that cannot be opened is named in the log and in the list. */
    public synchronized void start() {
        for (LocalEndpoint endpoint : files.read()) {
            try {
                open.put(endpoint.name(), open(endpoint));
            } catch (IOException | IllegalArgumentException e) {
                log.log(System.Logger.Level.ERROR, "local/" + endpoint.name() + ": " + e.getMessage());
                open.put(endpoint.name(), new Open(endpoint, null, null, null, e.getMessage()));
            }
        }
    }

    public synchronized List<Open> all() {
        return new ArrayList<>(open.values());
    }

    /**
     * Opens an endpoint and writes it down, in place of one of that name.
     *
     * @throws IllegalArgumentException where it cannot be as asked; nothing is changed then but that the old one is closed
     */
    public synchronized Open add(LocalEndpoint endpoint) throws IOException {
        close(open.remove(endpoint.name()));
        Open opened = open(endpoint);
        open.put(endpoint.name(), opened);
        files.write(endpoint);
        return opened;
    }

    /** @return false where there is none of that name */
    public synchronized boolean remove(String name) throws IOException {
        Open known = open.remove(name);
        if (known == null) {
            return false;
        }
        close(known);
        files.remove(name);
        Files.deleteIfExists(directory.resolve(name));
        return true;
    }

    /** Closes all; what is written down opens again at the next start. */
    public synchronized void stop() {
        open.values().forEach(LocalEndpoints::close);
        open.clear();
    }

    private Open open(LocalEndpoint endpoint) throws IOException {
        GuestRelay relay = relays.open(endpoint.identity(), endpoint.policy());
        try {
            return endpoint.door() instanceof LocalEndpoint.Tcp tcp
                    ? openTcp(endpoint, tcp, relay)
                    : openSocket(endpoint, (LocalEndpoint.Socket) endpoint.door(), relay);
        } catch (IOException | RuntimeException e) {
            relay.close().join();
            throw e;
        }
    }

    private Open openSocket(LocalEndpoint endpoint, LocalEndpoint.Socket socket, GuestRelay relay) throws IOException {
        if (Files.notExists(directory)) {
            Files.createDirectory(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        int self = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        LocalEndpoint.UidRange uids = socket.uids();
        Integer user = socket.user() == null ? null : Accounts.uid(socket.user());
        Accounts.Group group = socket.group() == null ? null : Accounts.group(socket.group());
        PeerRule peers = (uid, gid) -> (user != null && uid == user)
                || (group != null && (gid == group.gid() || group.members().contains(uid)))
                || (uids != null && uids.has(uid));
        // A container's users are none of this machine's: no owner fits them all, so the peer check alone decides.
        int mode = uids != null ? ANYBODY : group != null ? 0660 : 0600;
        SocketPlace place = new SocketPlace(
                directory.resolve(endpoint.name()), user == null ? self : user, group == null ? 0 : group.gid(), mode);
        PulseUnixEndpoint door = new PulseUnixEndpoint(loop, place, peers, relay);
        await(door.listen());
        return new Open(endpoint, "unix:" + place.socket(), relay, door, null);
    }

    private Open openTcp(LocalEndpoint endpoint, LocalEndpoint.Tcp tcp, GuestRelay relay) throws IOException {
        int colon = tcp.address().lastIndexOf(':');
        PulseTcpEndpoint door = new PulseTcpEndpoint(loop);
        await(door.listen(new InetSocketAddress(
                InetAddress.getByName(tcp.address().substring(0, colon)),
                Integer.parseInt(tcp.address().substring(colon + 1)))));
        for (String client : tcp.allow()) {
            door.admit(InetAddress.getByName(client), relay);
        }
        return new Open(endpoint, "tcp:" + tcp.address(), relay, door, null);
    }

    private static void await(java.util.concurrent.CompletableFuture<?> future) throws IOException {
        try {
            future.join();
        } catch (CompletionException e) {
            throw new IOException(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage(), e);
        }
    }

    private static void close(@Nullable Open known) {
        if (known == null || known.relay() == null) {
            return;
        }
        try {
            if (known.door() != null) {
                known.door().close();
            }
        } catch (Exception e) {
            log.log(System.Logger.Level.WARNING, "local/" + known.endpoint().name() + ": while closing", e);
        }
        known.relay().close().join();
    }
}
