package org.virtsound.plugin.control;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the control socket: root, the service's own uid, and the members of a group. The socket's mode says so already; this
 * asks the group database a second time, since a peer's credentials carry its primary group alone.
 */
final class Peers {
    private static final System.Logger log = System.getLogger(Peers.class.getName());
    private static final int ROOT = 0;
    private static final int ANSWER_WITHIN_S = 2;
    private static final Path SELF = Path.of("/proc/self");

    private final int ownUid;
    private final @Nullable GroupPrincipal group;

    /** @param group null for none */
    Peers(int ownUid, @Nullable GroupPrincipal group) {
        this.ownUid = ownUid;
        this.group = group;
    }

    /** @param groupName of the configuration; a group that does not exist has no members */
    static Peers of(String groupName) throws IOException {
        int uid = (Integer) Files.getAttribute(SELF, "unix:uid");
        try {
            return new Peers(
                    uid,
                    FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByGroupName(groupName));
        } catch (UserPrincipalNotFoundException e) {
            log.log(
                    System.Logger.Level.INFO,
                    "no group " + groupName
                            + ", so only root may use the control socket; for others: groupadd --system " + groupName);
            return new Peers(uid, null);
        }
    }

    /** Gives the socket to the group, where that is possible. */
    void own(Path socket) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(socket, PosixFileAttributeView.class);
        if (group != null && ownUid == ROOT && view != null) {
            view.setGroup(group);
        }
    }

    /** Known without asking anybody. */
    boolean isOwner(int uid) {
        return uid == ROOT || uid == ownUid;
    }

    /** Asks the group database; may block for a moment. */
    boolean isMember(int uid) {
        if (group == null) {
            return false;
        }
        try {
            Process id = new ProcessBuilder(List.of("id", "-Gn", Integer.toUnsignedString(uid)))
                    .redirectErrorStream(true)
                    .start();
            id.getOutputStream().close();
            if (!id.waitFor(ANSWER_WITHIN_S, TimeUnit.SECONDS)) {
                id.destroyForcibly();
                return false;
            }
            String groups = new String(id.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return id.exitValue() == 0
                    && Arrays.asList(groups.trim().split(" ")).contains(group.getName());
        } catch (IOException e) {
            log.log(
                    System.Logger.Level.WARNING,
                    "control: cannot ask for the groups of uid " + uid + ": " + e.getMessage());
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
