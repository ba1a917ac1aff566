package org.virtsound.audio.vchan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which Xen this machine runs, for the name of a package: from the hypervisor, else from Debian's release. */
final class XenRelease {
    private static final Path RUNNING = Path.of("/sys/hypervisor/version");
    private static final Path OS_RELEASE = Path.of("/etc/os-release");

    private XenRelease() {}

    static String libraryPackage() {
        return libraryPackage(RUNNING, OS_RELEASE);
    }

    static String libraryPackage(Path running, Path osRelease) {
        String major = read(running.resolve("major"));
        String minor = read(running.resolve("minor"));
        if (!major.isEmpty() && !minor.isEmpty()) {
            return "libxenmisc" + major + "." + minor;
        }
        String release = read(osRelease);
        if (release.contains("VERSION_ID=\"13\"")) {
            return "libxenmisc4.20";
        }
        return release.contains("VERSION_ID=\"12\"") ? "libxenmisc4.17" : "libxenmisc of this system's Xen";
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
