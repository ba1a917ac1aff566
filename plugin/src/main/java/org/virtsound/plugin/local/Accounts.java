package org.virtsound.plugin.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/** The machine's users and groups, as every name service it has knows them. */
public final class Accounts {
    private static final Logger log = Logger.getLogger(Accounts.class.getName());
    private static final int ANSWER_WITHIN_S = 5;

    private Accounts() {}

    /**
     * A group's number and the users in it.
     *
     * @param members by number, those whose primary group it is not among them, nor those that are no users of this machine
     */
    record Group(int gid, List<Integer> members) {}

    /** @throws IllegalArgumentException where there is no such user */
    static int uid(String user) throws IOException {
        return number(entry("passwd", user, "user").get(2));
    }

    /** @throws IllegalArgumentException where there is no such user */
    public static String user(int uid) throws IOException {
        return entry("passwd", Integer.toUnsignedString(uid), "uid").get(0);
    }

    /** @throws IllegalArgumentException where there is no such group */
    public static int gid(String group) throws IOException {
        return number(entry("group", group, "group").get(2));
    }

    /** @throws IllegalArgumentException where there is no such group */
    static Group group(String name) throws IOException {
        List<String> entry = entry("group", name, "group");
        List<Integer> members = new ArrayList<>();
        for (String member : entry.get(3).split(",", -1)) {
            if (member.isEmpty()) {
                continue;
            }
            try {
                members.add(uid(member));
            } catch (IllegalArgumentException e) {
                log.log(Level.WARNING, "group " + name + ": left out: " + e.getMessage());
            }
        }
        return new Group(number(entry.get(2)), members);
    }

    /** @return the numbers of the groups that the user is in, the primary one among them; none where there is no such user */
    public static Set<Integer> groups(int uid) throws IOException {
        return Arrays.stream(said("id", "-G", Integer.toUnsignedString(uid)).split(" "))
                .filter(gid -> !gid.isEmpty())
                .map(Accounts::number)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static List<String> entry(String database, String name, String what) throws IOException {
        List<String> fields = List.of(said("getent", "--", database, name).split(":", -1));
        if (fields.size() < 4) {
            throw new IllegalArgumentException(what + " " + name + ": not on this machine (expected: one that exists)");
        }
        return fields;
    }

    /** @return what it said, empty where it failed */
    private static String said(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        try {
            if (!process.waitFor(ANSWER_WITHIN_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(String.join(" ", command) + ": no answer within " + ANSWER_WITHIN_S + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(String.join(" ", command) + ": interrupted", e);
        }
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
        return process.exitValue() == 0 ? text : "";
    }

    private static int number(String text) {
        return Integer.parseUnsignedInt(text);
    }
}
