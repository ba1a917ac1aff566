package org.virtsound.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.Guice;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtsound.audio.relay.LatencyBudget;
import org.virtsound.plugin.config.ConfigFile;

class ServiceModuleTest {
    @Test
    void theConfiguredLatencyIsWhatRelaysGet(@TempDir Path dir) throws Exception {
        Path file =
                Files.writeString(dir.resolve("virt-sound.conf"), "audio { latency-ms = 40, max-latency-ms = 200 }");
        assertThat(Guice.createInjector(new ServiceModule(ConfigFile.read(file)))
                        .getInstance(LatencyBudget.class))
                .isEqualTo(new LatencyBudget(40, 200));
    }
}
