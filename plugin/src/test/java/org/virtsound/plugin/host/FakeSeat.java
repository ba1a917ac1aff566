package org.virtsound.plugin.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.virtsound.audio.PrivatePulse;

/**
 * What systemd-logind and users' sessions leave under /run, in a directory of a test's own, which one program sees in place of the
 * machine's. Sound servers are real; each asks for its user's cookie.
 */
public final class FakeSeat {
    private final Path root;
    private final Map<Integer, PrivatePulse> servers;

    /**
     * @param directory a test's own, that others may enter
     * @param servers each user's, by uid: its directory is what /run/user/UID/pulse is
     */
    public FakeSeat(Path directory, Map<Integer, PrivatePulse> servers) throws IOException {
        this.servers = Map.copyOf(servers);
        root = directory.resolve("seat");
        for (String place : List.of("systemd/seats", "systemd/sessions")) {
            Files.createDirectories(root.resolve(place));
        }
        Files.writeString(passwd(), "");
    }

    /** The words that let a program see it. */
    public List<String> prefix() {
        StringBuilder script = new StringBuilder("mount -t tmpfs none /run && mkdir /run/systemd /run/user"
                + " && mount --bind %1$s/systemd /run/systemd && mount --bind %1$s/passwd /etc/passwd".formatted(root));
        servers.forEach((uid, server) ->
                script.append(" && mkdir -p /run/user/%1$d/pulse && mount --bind %2$s /run/user/%1$d/pulse"
                        .formatted(uid, server.home())));
        script.append(" && exec \"$@\"");
        return List.of("unshare", "-m", "--propagation", "private", "sh", "-c", script.toString(), "sh");
    }

    /** As systemd-logind does: first the session, then the seat, each renamed into place. */
    public void logIn(String user, int uid) throws IOException {
        PrivatePulse server = servers.get(uid);
        Object owner = Files.getAttribute(server.home(), "unix:uid");
        Files.writeString(passwd(), user + ":x:" + owner + ":" + owner + "::" + server.home() + ":/bin/sh\n");
        write("systemd/sessions/" + uid, "UID=" + uid + "\nUSER=" + user + "\nCLASS=user\nTYPE=wayland\n");
        write("systemd/seats/seat0", "IS_SEAT0=1\nACTIVE=" + uid + "\n");
    }

    /** Nobody sits there any more. */
    public void logOut() throws IOException {
        write("systemd/seats/seat0", "IS_SEAT0=1\n");
    }

    /** Written in place: a file that is mounted elsewhere stays itself. */
    private Path passwd() {
        return root.resolve("passwd");
    }

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Path temporary = Files.writeString(file.resolveSibling("." + file.getFileName()), text);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
