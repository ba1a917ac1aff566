package org.virtsound.plugin.control;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.virtsound.plugin.local.Accounts;

/**
 * Who may use the control socket: root, the service's own uid, and the members of a group. The socket's mode says so already where
 * it can; this asks the group database a second time, since a peer's credentials carry its primary group alone.
 */
final class Peers {
    private static final Logger log = Logger.getLogger(Peers.class.getName());
    private static final int ROOT = 0;
    private static final Path SELF = Path.of("/proc/self");

    private final int ownUid;
    private final @Nullable Integer gid;
    private final Map<Integer, CompletableFuture<Optional<String>>> asked = new ConcurrentHashMap<>();

    private Peers(int ownUid, @Nullable Integer gid) {
        this.ownUid = ownUid;
        this.gid = gid;
    }

    /** @param group of the configuration, null for none; one that does not exist has no members */
    static Peers of(@Nullable String group) throws IOException {
        int uid = (Integer) Files.getAttribute(SELF, "unix:uid");
        if (group == null) {
            return new Peers(uid, null);
        }
        try {
            return new Peers(uid, Accounts.gid(group));
        } catch (IOException | IllegalArgumentException e) {
            log.log(
                    Level.INFO,
                    e.getMessage() + "; so only root may use the control socket; for others: groupadd --system "
                            + group);
            return new Peers(uid, null);
        }
    }

    /**
     * Opens the socket, just bound, to the group. A service that may not give it away opens it to all instead: the check of each peer
     * then decides alone.
     */
    void admitTo(Path socket) throws IOException {
        String mode = "rw-rw----";
        try {
            if (gid != null && !gid.equals(Files.getAttribute(socket, "unix:gid"))) {
                Files.setAttribute(socket, "unix:gid", gid);
            }
        } catch (FileSystemException e) {
            log.log(
                    Level.INFO,
                    "control socket " + socket + " cannot be given to gid " + gid + " (" + e.getReason()
                            + "); who connects is checked all the same");
            mode = "rw-rw-rw-";
        }
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString(mode));
    }

    /** Known without asking anybody. */
    boolean isOwner(int uid) {
        return uid == ROOT || uid == ownUid;
    }

    /** The name of one who {@link #isOwner}. */
    String owner(int uid) {
        return uid == ROOT ? "root" : System.getProperty("user.name", "");
    }

    /**
     * Asks the account databases, once for all who wait for the same answer.
     *
     * @param blocking what may wait for a moment
     * @return the name of a member; empty where this is none
     */
    CompletableFuture<Optional<String>> member(int uid, Executor blocking) {
        CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
        CompletableFuture<Optional<String>> before = asked.putIfAbsent(uid, answer);
        if (before != null) {
            return before;
        }
        blocking.execute(() -> {
            Optional<String> name = lookUp(uid);
            asked.remove(uid);
            answer.complete(name);
        });
        return answer;
    }

    private Optional<String> lookUp(int uid) {
        try {
            if (gid != null && Accounts.groups(uid).contains(gid)) {
                return Optional.of(Accounts.user(uid));
            }
            log.log(Level.WARNING, "control: uid " + Integer.toUnsignedString(uid) + " is not in the group; refused");
        } catch (IOException | IllegalArgumentException e) {
            log.log(
                    Level.WARNING,
                    "control: cannot ask for the groups of uid " + Integer.toUnsignedString(uid)
                            + ", so it is refused: " + e.getMessage());
        }
        return Optional.empty();
    }
}
