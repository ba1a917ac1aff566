package org.virtsound.plugin;

import static org.assertj.core.api.Assertions.assertThat;

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
