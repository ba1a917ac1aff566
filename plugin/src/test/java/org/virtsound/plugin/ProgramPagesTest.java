package org.virtsound.plugin;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ProgramPagesTest {
    @Test
    void whatIsNotInUseOfAProgramsFilesIsGivenBackAndWhatIsUsedComesBack() throws IOException {
        residentKb("libjvm.so"); // what looking takes is there before, too
        long beforeKb = residentKb("libjvm.so");

        ProgramPages pages = new ProgramPages();
        for (int i = 0; i < 10; i++) {
            pages.giveBack();
            System.gc();
        }

        assertThat(residentKb("libjvm.so")).isPositive().isLessThan(beforeKb);
    }

    @Test
    void whatComesInWhileTheProcessRunsIsGivenBackSoon() throws IOException {
        try (ProgramPages pages = new ProgramPages()) {
            pages.start();
            for (int i = 0; i < 3; i++) {
                long allKb = bringInKb("libjvm.so");

                await().atMost(30, SECONDS).until(() -> residentKb("libjvm.so") < allKb - 5 * 1024);
            }
        }
    }

    /** Reads a byte of each page of what is mapped read-only: so much is resident then, until somebody gives it back. */
    private static long bringInKb(String library) throws IOException {
        long sumKb = 0;
        for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
            if (line.endsWith("/" + library) && line.contains(" r-xp ")) {
                String[] range = line.split("[- ]", 3);
                long end = Long.parseLong(range[1], 16);
                for (long at = Long.parseLong(range[0], 16); at < end; at += 4096) {
                    new Pointer(at).getByte(0);
                    sumKb += 4;
                }
            }
        }
        return sumKb;
    }

    /** Of what is mapped read-only. */
    private static long residentKb(String library) throws IOException {
        long sumKb = 0;
        boolean counts = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                counts = line.endsWith("/" + library) && line.contains(" r-xp ");
            } else if (counts && line.startsWith("Rss:")) {
                sumKb += Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        return sumKb;
    }
}
