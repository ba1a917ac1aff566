package org.virtsound.plugin.provision;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.guest.PulseUnixEndpoint;
import org.virtsound.audio.guest.SocketPlace;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.plugin.domain.Domain;
import org.virtsound.plugin.domain.UserMapping;

/**
 * Where containers connect by a socket: a directory {@code NAME} for each domain, and in it {@code pulse}, which the domain's
 * {@code <filesystem>} mounts. It is there as soon as the domain is defined, since libvirt starts none whose source is missing, and
 * its socket listens from then on. It stays over stops of the domain and of the daemon, and goes when the domain is undefined; a
 * file beside says whose it is. Owned by the reconciler's thread.
 */
public final class GuestSockets implements AutoCloseable {
    private static final Logger log = Logger.getLogger(GuestSockets.class.getName());

    /** What libvirt takes as a name may be longer, or one that a path or a terminal takes for something else. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]{0,63}");

    private static final String MOUNTED = "pulse";
    private static final String OWNER = "domain";
    /** The container's users are many; who they are is asked of the kernel at each connection, or said by the way in. */
    private static final int FOR_ALL = 0666;

    private final Path directory;
    private final AudioLoop loop;
    private final Map<UUID, Door> doors = new HashMap<>();
    /** Directories that could not be removed, which was said. */
    private final Set<Path> staying = new HashSet<>();

    /**
     * One domain's socket.
     *
     * @param endpoint null where there is none because of the problem
     */
    private record Door(
            String name,
            @Nullable UserMapping users,
            Path mounted,
            @Nullable PulseUnixEndpoint endpoint,
            @Nullable String problem) {}

    /** Written beside what is mounted. */
    private record Owner(UUID domain, String hypervisorUri) {
        static @Nullable Owner of(Path own) throws IOException {
            Path file = own.resolve(OWNER);
            if (!Files.isRegularFile(file)) {
                return null;
            }
            String[] words = Files.readString(file).trim().split(" ", 2);
            return words.length < 2 ? null : new Owner(UUID.fromString(words[0]), words[1]);
        }

        void write(Path own) throws IOException {
            Files.writeString(own.resolve(OWNER), domain + " " + hypervisorUri + "\n");
        }
    }

    /** @param directory of the domains' own directories; made when the first one is needed */
    public GuestSockets(Path directory, AudioLoop loop) {
        this.directory = directory;
        this.loop = loop;
    }

    /** The domain may start now or later: its directory and socket are there. What prevents it is {@link #problem}. */
    void offer(Domain domain, String hypervisorUri) {
        Door known = doors.get(domain.uuid());
        if (known != null && !known.name.equals(domain.name())) {
            remove(domain.uuid(), hypervisorUri);
        } else if (known != null && Objects.equals(known.users, domain.users()) && known.problem == null) {
            return;
        }
        shut(domain.uuid());
        Path mounted = directory.resolve(domain.name()).resolve(MOUNTED);
        Door door;
        try {
            door = new Door(domain.name(), domain.users(), mounted, open(domain, hypervisorUri), null);
        } catch (IOException | IllegalArgumentException e) {
            String problem = "transport socket: " + e.getMessage();
            if (domain.id() < 0 && (known == null || !problem.equals(known.problem))) {
                log.log(Level.WARNING, "domain " + domain.name() + ": " + problem);
            }
            door = new Door(domain.name(), domain.users(), mounted, null, problem);
        }
        doors.put(domain.uuid(), door);
    }

    private PulseUnixEndpoint open(Domain domain, String hypervisorUri) throws IOException {
        if (!domain.type().equals("lxc")) {
            throw new IllegalArgumentException("a domain of type " + domain.type()
                    + " cannot reach a socket of the host (expected: lxc); use transport type=\"network\"");
        }
        if (!NAME.matcher(domain.name()).matches()) {
            throw new IllegalArgumentException("its name cannot be a directory's (expected: 1 to 64 letters, digits,"
                    + " '.', '_', '+' or '-'); rename it by virsh domrename");
        }
        UserMapping users = domain.users();
        Path own = directory.resolve(domain.name());
        // Mapped users pass through as what they are here. Others are root's or this machine's own, and only root comes
        // this way.
        String permissions = users == null ? "rwx------" : "rwx--x--x";
        SocketPlace.own(directory, "rwx--x--x");
        SocketPlace.own(own, permissions);
        Owner before = Owner.of(own);
        if (before != null && !before.domain.equals(domain.uuid()) && doors.containsKey(before.domain)) {
            throw new IOException(own + " is that of a domain of " + before.hypervisorUri
                    + " with the same name; rename one by virsh domrename");
        }
        new Owner(domain.uuid(), hypervisorUri).write(own);
        Files.setPosixFilePermissions(own, PosixFilePermissions.fromString(permissions));
        SocketPlace place = new SocketPlace(
                own.resolve(MOUNTED),
                users == null ? self("unix:uid") : users.rootUid(),
                users == null ? self("unix:gid") : users.rootGid(),
                FOR_ALL);
        PulseUnixEndpoint endpoint =
                new PulseUnixEndpoint(loop, place, (uid, gid) -> users == null || users.hasUid(uid));
        try {
            endpoint.listen().join();
        } catch (CompletionException e) {
            throw new IOException(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage(), e);
        }
        return endpoint;
    }

    private static int self(String attribute) throws IOException {
        return (int) Files.getAttribute(Path.of("/proc/self"), attribute);
    }

    /** @return why the domain has no socket, with the next step; null where it has one */
    @Nullable
    String problem(UUID domain) {
        Door door = doors.get(domain);
        return door == null ? "transport socket: its directory is not there yet" : door.problem;
    }

    /** @return the directory that the domain mounts; null where it has none */
    @Nullable
    Path mounted(UUID domain) {
        Door door = doors.get(domain);
        return door == null ? null : door.mounted;
    }

    /** Who connects is {@code relay}'s guest. */
    void admit(UUID domain, GuestRelay relay) {
        Door door = doors.get(domain);
        if (door != null && door.endpoint != null) {
            door.endpoint.admit(relay);
        }
    }

    /** The domain is served no more; its socket stays for its next start. */
    void dismiss(UUID domain) {
        Door door = doors.get(domain);
        if (door != null && door.endpoint != null) {
            door.endpoint.dismiss();
        }
    }

    /** The domain does without a socket; its directory stays, since its XML may still name it. */
    void shut(UUID domain) {
        Door door = doors.remove(domain);
        if (door != null && door.endpoint != null) {
            door.endpoint.close();
        }
    }

    /** The domain is gone from this hypervisor, and so is its directory. */
    void remove(UUID domain, String hypervisorUri) {
        clear(owner -> owner.domain.equals(domain) && owner.hypervisorUri.equals(hypervisorUri));
    }

    /** Removes what is left of domains of this hypervisor that are not among these. */
    void keep(String hypervisorUri, Set<UUID> domains) {
        clear(owner -> owner.hypervisorUri.equals(hypervisorUri) && !domains.contains(owner.domain));
    }

    private void clear(Predicate<Owner> gone) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
            for (Path own : all) {
                clear(own, gone);
            }
            Files.delete(directory);
        } catch (DirectoryNotEmptyException e) {
            log.log(Level.FINE, () -> e.getMessage() + " stays");
        } catch (IOException | DirectoryIteratorException e) {
            log.log(Level.WARNING, "while removing from " + directory + ": " + e);
        }
    }

    /** What a container put beside its socket is not ours to remove: it keeps the directory, which is said once. */
    private void clear(Path own, Predicate<Owner> gone) {
        try {
            Owner owner = Owner.of(own);
            if (owner != null && gone.test(owner)) {
                shut(owner.domain);
                Files.deleteIfExists(own.resolve(MOUNTED).resolve(SocketPlace.NAME));
                Files.deleteIfExists(own.resolve(MOUNTED));
                Files.delete(own.resolve(OWNER));
                Files.delete(own);
                staying.remove(own);
            }
        } catch (IOException | IllegalArgumentException e) {
            if (staying.add(own)) {
                log.log(
                        Level.WARNING,
                        own + " of a domain that is gone cannot be removed: " + e + "; remove it by hand");
            }
        }
    }

    /** Closes all sockets; the directories stay. */
    @Override
    public void close() {
        Set.copyOf(doors.keySet()).forEach(this::shut);
    }
}
