package org.virtsound.plugin.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The machine's users and groups by name, as every name service it has knows them. */
final class Accounts {
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

    private static List<String> entry(String database, String name, String what) throws IOException {
        Process getent = new ProcessBuilder("getent", "--", database, name)
                .redirectErrorStream(true)
                .start();
        getent.getOutputStream().close();
        try {
            if (!getent.waitFor(ANSWER_WITHIN_S, TimeUnit.SECONDS)) {
                getent.destroyForcibly();
                throw new IOException(
                        "getent " + database + " " + name + ": no answer within " + ANSWER_WITHIN_S + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("getent " + database + " " + name + ": interrupted", e);
        }
        String text = new String(getent.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
        List<String> fields = List.of(text.split(":", -1));
        if (getent.exitValue() != 0 || fields.size() < 4) {
            throw new IllegalArgumentException(what + " " + name + ": not on this machine (expected: one that exists)");
        }
        return fields;
    }

    private static int number(String text) {
        return Integer.parseUnsignedInt(text);
    }
}
