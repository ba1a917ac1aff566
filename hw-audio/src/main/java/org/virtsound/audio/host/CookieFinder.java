package org.virtsound.audio.host;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.pulse.Cookie;

/**
 * Finds the cookie that a server will know: {@code PULSE_COOKIE}'s, that of the user who owns the server's socket, our own. Reads
 * files: not for the audio loop.
 *
 * <p>Source: pulse-mediation.md, E.
 */
final class CookieFinder {
    private static final List<String> PLACES = List.of(".config/pulse/cookie", ".pulse-cookie");

    private final Map<String, String> environment;
    private final Path root;
    private final Path passwd;

    /**
     * @param root of the machine's directory tree, for users' homes
     * @param passwd where those stand, {@code /etc/passwd} in life
     */
    CookieFinder(Map<String, String> environment, Path root, Path passwd) {
        this.environment = environment;
        this.root = root;
        this.passwd = passwd;
    }

    /**
     * @param socket the server's, null where it has none
     * @return all zero where there is none: pipewire-pulse, and a server that knows us by our uid, do not look at it
     */
    Cookie find(@Nullable Path socket) {
        List<Path> candidates = new ArrayList<>();
        String named = environment.get("PULSE_COOKIE");
        if (named != null) {
            candidates.add(Path.of(named));
        }
        Path home = socket == null ? null : ownersHome(socket);
        if (home != null) {
            PLACES.forEach(place -> candidates.add(home.resolve(place)));
        }
        String own = environment.get("HOME");
        if (own != null) {
            PLACES.forEach(place -> candidates.add(Path.of(own).resolve(place)));
        }
        return candidates.stream()
                .flatMap(candidate -> read(candidate).stream())
                .findFirst()
                .orElse(Cookie.ZERO);
    }

    private @Nullable Path ownersHome(Path socket) {
        try {
            return home((Integer) Files.getAttribute(socket, "unix:uid"));
        } catch (IOException e) {
            return null;
        }
    }

    /** @return that user's home, null where the file has none for it */
    @Nullable
    Path home(int uid) {
        try {
            // A byte that is no UTF-8 spoils its own line and no other.
            return new String(Files.readAllBytes(passwd), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split(":", -1))
                    .filter(fields ->
                            fields.length > 5 && fields[2].equals(String.valueOf(uid)) && !fields[5].isEmpty())
                    .map(fields -> root.resolve(fields[5].replaceFirst("^/+", "")))
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            return null;
        }
    }

    private static List<Cookie> read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(Cookie.BYTES + 1);
            return bytes.length == Cookie.BYTES ? List.of(Cookie.of(bytes)) : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }
}
