package org.virtsound.audio.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides for {@code auto} where the card is to be reached now: the sound server of whoever sits at the machine, else a system-wide
 * one, else the ALSA card, else nowhere. Reads what systemd-logind writes under /run/systemd: not for the audio loop.
 */
final class SeatChooser {
    private static final String SYSTEM_WIDE = "run/pulse/native";

    private final Path root;

    /** @param root of the machine's directory tree, {@code /} in life */
    SeatChooser(Path root) {
        this.root = root;
    }

    /**
     * @param hostServer as in the configuration, never "auto"
     * @param why for people
     * @param problem what keeps us from a better choice, null where nothing does
     * @param watched directories in which a change may lead to another choice
     */
    record Choice(String hostServer, String why, @Nullable String problem, List<Path> watched) {}

    Choice choose() {
        List<Path> watched = new ArrayList<>(List.of(
                root.resolve("run/systemd/seats"),
                root.resolve("run/systemd/sessions"),
                root.resolve("run/user"),
                root.resolve("run/pulse"),
                root.resolve("dev/snd")));
        String problem = null;
        Session session = activeSession();
        if (session != null) {
            Path socket = root.resolve("run/user/" + session.uid + "/pulse/native");
            watched.add(socket.getParent());
            try {
                Files.readAttributes(socket, "unix:mode");
                return new Choice("unix:" + socket, session.text() + " has a sound server", null, watched);
            } catch (AccessDeniedException e) {
                problem = "cannot look into " + socket.getParent()
                        + ": permission denied; run as root, or give the service CAP_DAC_READ_SEARCH, or have "
                        + session.user + " load module-native-protocol-unix with a socket of its own and name that as"
                        + " host-server";
            } catch (IOException e) {
                problem = session.graphical ? "waiting for " + session.user + "'s sound server at " + socket : null;
            }
        }
        Path systemWide = root.resolve(SYSTEM_WIDE);
        if (Files.exists(systemWide)) {
            return new Choice("unix:" + systemWide, whoSits(session) + "; a system-wide server runs", problem, watched);
        }
        if (session != null && session.graphical) {
            // The card is left alone: that user's server will want it in a moment.
            return new Choice("silence", session.text() + " has no sound server yet", problem, watched);
        }
        if (hasCard()) {
            return new Choice(
                    "alsa:default", whoSits(session) + " and no sound server runs; there is a card", problem, watched);
        }
        return new Choice(
                "silence", whoSits(session) + ", no sound server runs, and there is no card", problem, watched);
    }

    /** A log-in at a seat. */
    private record Session(String seat, int uid, String user, boolean graphical) {
        String text() {
            return user + " (" + uid + "), active at " + seat + ",";
        }
    }

    private static String whoSits(@Nullable Session session) {
        return session == null ? "nobody sits at the machine" : session.user + " sits at " + session.seat;
    }

    /** @return the active session of the first seat that has one of a person; a log-in screen is nobody's */
    private @Nullable Session activeSession() {
        for (Path seatFile : files(root.resolve("run/systemd/seats"))) {
            String active = values(seatFile).get("ACTIVE");
            if (active == null || active.isEmpty() || active.contains("/")) {
                continue;
            }
            Map<String, String> session =
                    values(root.resolve("run/systemd/sessions").resolve(active));
            String uid = session.getOrDefault("UID", "");
            if (!uid.matches("\\d{1,9}")
                    || !session.getOrDefault("CLASS", "user").equals("user")) {
                continue;
            }
            String type = session.getOrDefault("TYPE", "");
            return new Session(
                    seatFile.getFileName().toString(),
                    Integer.parseInt(uid),
                    session.getOrDefault("USER", "user " + uid),
                    type.equals("x11") || type.equals("wayland") || type.equals("mir"));
        }
        return null;
    }

    private boolean hasCard() {
        return files(root.resolve("dev/snd")).stream()
                .anyMatch(file -> file.getFileName().toString().matches("pcmC\\d+D\\d+p"));
    }

    private static List<Path> files(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            // logind's temporary files start with a dot.
            return files.filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }

    /** @return KEY=VALUE lines; none where the file is gone or not ours to read */
    private static Map<String, String> values(Path file) {
        Map<String, String> values = new HashMap<>();
        try (Stream<String> lines = Files.lines(file)) {
            lines.limit(100).forEach(line -> {
                int equals = line.indexOf('=');
                if (equals > 0) {
                    values.put(
                            line.substring(0, equals),
                            line.substring(equals + 1).replace("\"", ""));
                }
            });
        } catch (IOException | UncheckedIOException e) {
            return Map.of();
        }
        return values;
    }
}
