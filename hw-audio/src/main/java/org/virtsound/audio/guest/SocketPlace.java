package org.virtsound.audio.guest;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Where a unix socket lies and who may open it: a directory that outlives the socket, so that a container's mount of it stays
 * good. Links are never followed, and nothing is changed that was not made here.
 *
 * @param directory made where missing, mode 0755, its parent must be there
 * @param ownerUid the socket's owner
 * @param ownerGid the socket's group
 * @param mode the socket's permissions, as in {@code 0660}
 */
public record SocketPlace(Path directory, int ownerUid, int ownerGid, int mode) {
    /** The socket's name in its directory, as PulseAudio calls its own. */
    public static final String NAME = "native";

    private static final Logger LOG = Logger.getLogger(SocketPlace.class.getName());
    private static final int FOR_ALL = 0666;

    /** The kernel's {@code sun_path} without its NUL. */
    private static final int PATH_MAX_BYTES = 107;

    private static final int SOCKET_TYPE = 0140000;
    private static final int TYPE_MASK = 0170000;

    public SocketPlace {
        int length = directory.resolve(NAME).toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > PATH_MAX_BYTES) {
            throw new IllegalArgumentException("socket " + directory.resolve(NAME) + ": " + length
                    + " bytes (expected: <= " + PATH_MAX_BYTES + "); choose a shorter runtime-dir or name");
        }
    }

    /** @return the socket's path */
    public Path socket() {
        return directory.resolve(NAME);
    }

    /**
     * Makes the directory where it is missing, and removes a socket left behind in it.
     *
     * @throws IOException where the directory is a link, no directory or somebody else's, or where what lies at the socket's path is
     *     no socket
     */
    void prepare() throws IOException {
        own(directory, "rwxr-xr-x");
        if (Files.exists(socket(), NOFOLLOW_LINKS)) {
            int type = (int) Files.getAttribute(socket(), "unix:mode", NOFOLLOW_LINKS) & TYPE_MASK;
            if (type != SOCKET_TYPE) {
                throw new IOException(socket() + " is no socket (expected: one left behind, or nothing); remove it");
            }
            Files.delete(socket());
        }
    }

    /**
     * Makes a directory where it is missing; its parent must be there.
     *
     * @param permissions of one that is made, as {@code ls} shows them
     * @throws IOException where it is a link, no directory or somebody else's
     */
    public static void own(Path directory, String permissions) throws IOException {
        if (Files.notExists(directory, NOFOLLOW_LINKS)) {
            Files.createDirectory(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
        }
        Map<String, Object> found = Files.readAttributes(directory, "unix:uid,isDirectory", NOFOLLOW_LINKS);
        if (!Boolean.TRUE.equals(found.get("isDirectory"))) {
            throw new IOException(directory + " is no directory (expected: one of our own); remove it");
        }
        Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        if (!self.equals(found.get("uid"))) {
            throw new IOException(
                    directory + " belongs to uid " + found.get("uid") + " (expected: " + self + "); remove it");
        }
    }

    /**
     * Gives the socket, just bound, its owner and mode. A service that may not give files away opens it to all instead: the check of
     * each peer's credentials then decides alone.
     */
    void hand() throws IOException {
        int granted = mode;
        try {
            Files.setAttribute(socket(), "unix:uid", ownerUid, NOFOLLOW_LINKS);
            Files.setAttribute(socket(), "unix:gid", ownerGid, NOFOLLOW_LINKS);
        } catch (FileSystemException e) {
            LOG.log(
                    Level.INFO,
                    socket() + " cannot be given to uid " + ownerUid + " (" + e.getReason()
                            + "); who connects is checked all the same");
            granted = FOR_ALL;
        }
        Files.setAttribute(socket(), "unix:mode", granted);
    }
}
