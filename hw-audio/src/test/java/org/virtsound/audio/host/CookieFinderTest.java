package org.virtsound.audio.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CookieFinderTest {
    @TempDir
    Path root;

    @Test
    void aLineThatIsNoUtf8HidesNoOther() throws Exception {
        Path passwd = root.resolve("passwd");
        Files.write(
                passwd,
                "j\u00fcrgen:x:1000:1000:J\u00fcrgen:/home/a:/bin/sh\nann:x:1001:1001::/home/ann:/bin/sh\n"
                        .getBytes(StandardCharsets.ISO_8859_1));
        CookieFinder finder = new CookieFinder(Map.of(), root, passwd);

        assertThat(finder.home(1001)).isEqualTo(root.resolve("home/ann"));
        assertThat(finder.home(1000)).isEqualTo(root.resolve("home/a"));
        assertThat(finder.home(1002)).isNull();
    }
}
