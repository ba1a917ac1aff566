package org.virtsound.plugin.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.virtsound.audio.guest.PeerRule;
import org.virtsound.audio.guest.PulseTcpEndpoint;
import org.virtsound.audio.guest.PulseUnixEndpoint;
import org.virtsound.audio.guest.SocketPlace;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.audio.relay.GuestRelays;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.plugin.config.LocalEndpoint;
import org.virtsound.plugin.config.LocalEndpoint.UidRange;

/** Opens a local endpoint's socket, with its relay behind it. Calls block for a moment. */
final class Doors {
    private static final int FOR_ONE = 0600;
    private static final int FOR_GROUP = 0660;
    /** A container's users are none of this machine's: no owner fits them all, and the peer check alone decides. */
    private static final int FOR_MANY = 0666;

    private final Path directory;
    private final AudioLoop loop;
    private final GuestRelays relays;

    /** @param directory of the endpoints' own directories */
    Doors(Path directory, AudioLoop loop, GuestRelays relays) {
        this.directory = directory;
        this.loop = loop;
        this.relays = relays;
    }

    /** @throws IllegalArgumentException where a user or group is not there */
    LocalGuest open(LocalEndpoint endpoint) throws IOException {
        GuestRelay relay = relays.open(endpoint.identity(), endpoint.policy());
        try {
            return endpoint.door() instanceof LocalEndpoint.Tcp tcp
                    ? open(endpoint, tcp, relay)
                    : open(endpoint, (LocalEndpoint.Socket) endpoint.door(), relay);
        } catch (IOException | RuntimeException e) {
            relay.close().join();
            throw e;
        }
    }

    private LocalGuest open(LocalEndpoint endpoint, LocalEndpoint.Socket socket, GuestRelay relay) throws IOException {
        SocketPlace.own(directory, "rwxr-xr-x");
        UidRange uids = socket.uids();
        Integer user = socket.user() == null ? null : Accounts.uid(socket.user());
        Accounts.Group group = socket.group() == null ? null : Accounts.group(socket.group());
        PeerRule peers = (uid, gid) -> (user != null && uid == user)
                || (group != null && (gid == group.gid() || group.members().contains(uid)))
                || (uids != null && uids.has(uid));
        int self = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        SocketPlace place = new SocketPlace(
                directory.resolve(endpoint.name()),
                user == null ? self : user,
                group == null ? 0 : group.gid(),
                uids != null ? FOR_MANY : group != null ? FOR_GROUP : FOR_ONE);
        PulseUnixEndpoint door = new PulseUnixEndpoint(loop, place, peers);
        door.admit(relay);
        await(door.listen());
        return new LocalGuest(endpoint, "unix:" + place.socket(), relay, door, null);
    }

    private LocalGuest open(LocalEndpoint endpoint, LocalEndpoint.Tcp tcp, GuestRelay relay) throws IOException {
        int colon = tcp.address().lastIndexOf(':');
        PulseTcpEndpoint door = new PulseTcpEndpoint(loop);
        await(door.listen(new InetSocketAddress(
                InetAddress.getByName(tcp.address().substring(0, colon)),
                Integer.parseInt(tcp.address().substring(colon + 1)))));
        for (String client : tcp.allow()) {
            door.admit(InetAddress.getByName(client), relay);
        }
        return new LocalGuest(endpoint, "tcp:" + tcp.address(), relay, door, null);
    }

    private static void await(CompletableFuture<?> future) throws IOException {
        try {
            future.join();
        } catch (CompletionException e) {
            throw new IOException(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage(), e);
        }
    }
}
