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
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the control socket: root, the service's own uid, and the members of a group. The socket's mode says so already; this
 * asks the group database a second time, since a peer's credentials carry its primary group alone.
 */
final class Peers {
    private static final Logger log = Logger.getLogger(Peers.class.getName());
    private static final int ROOT = 0;
    private static final int ANSWER_WITHIN_S = 2;
    private static final Path SELF = Path.of("/proc/self");
    /** As id says it: uid=1000(ann) gid=1000(ann) groups=1000(ann),27(sudo). */
    private static final Pattern ID = Pattern.compile("uid=[0-9]+\\(([^)]+)\\).* groups=(\\S+)");

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
                    Level.INFO,
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

    /** The name of one who {@link #isOwner}. */
    String owner(int uid) {
        return uid == ROOT ? "root" : System.getProperty("user.name", "");
    }

    /**
     * Asks the account databases; may block for a moment.
     *
     * @return the name of a member; empty where this is none
     */
    Optional<String> member(int uid) {
        if (group == null) {
            return Optional.empty();
        }
        try {
            Process id = new ProcessBuilder(List.of("id", Integer.toUnsignedString(uid)))
                    .redirectErrorStream(true)
                    .start();
            id.getOutputStream().close();
            if (!id.waitFor(ANSWER_WITHIN_S, TimeUnit.SECONDS)) {
                id.destroyForcibly();
                return Optional.empty();
            }
            String said = new String(id.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher words = ID.matcher(said);
            boolean isMember = id.exitValue() == 0
                    && words.find()
                    && Arrays.stream(words.group(2).split(","))
                            .anyMatch(each -> each.endsWith("(" + group.getName() + ")"));
            return isMember ? Optional.of(words.group(1)) : Optional.empty();
        } catch (IOException e) {
            log.log(Level.WARNING, "control: cannot ask for the groups of uid " + uid + ": " + e.getMessage());
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
