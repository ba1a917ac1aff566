package org.virtsound.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process may do to the machine. */
public final class Privilege {
    private static final int CAP_NET_ADMIN = 12;
    private static final String EFFECTIVE = "CapEff:";

    private Privilege() {}

    /** Root may, and a user who was given the one capability, as the packaged service's. */
    public static boolean mayManageNetwork() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith(EFFECTIVE)) {
                    long mask = Long.parseUnsignedLong(
                            line.substring(EFFECTIVE.length()).trim(), 16);
                    return (mask >> CAP_NET_ADMIN & 1) == 1;
                }
            }
        } catch (IOException e) {
            return "root".equals(System.getProperty("user.name"));
        }
        return false;
    }
}
