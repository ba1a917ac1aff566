package org.virtsound.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class StderrLogTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Test
    void anEventIsOneLineEvenWhereAGuestPutALineBreakIntoIt() {
        log(false).publish(new LogRecord(Level.WARNING, "domain a\nb\u001b[31m: odd"));

        assertThat(text().lines()).singleElement().asString().endsWith(" warning domain a b [31m: odd");
    }

    @Test
    void underJournaldTheLineStartsWithItsPriority() {
        log(true).publish(new LogRecord(Level.INFO, "up"));
        log(true).publish(new LogRecord(Level.SEVERE, "down"));

        assertThat(text()).isEqualTo("<6>up\n<3>down\n");
    }

    @Test
    void anUnexpectedFailureSaysWhereItCameFromOnTheSameLine() {
        LogRecord entry = new LogRecord(Level.SEVERE, "reconciler");
        entry.setThrown(new IllegalStateException("no such\nthing", new RuntimeException("why")));
        log(true).publish(entry);

        assertThat(text().lines())
                .singleElement()
                .asString()
                .contains("no such thing", "StderrLogTest", "caused by java.lang.RuntimeException: why");
    }

    private StderrLog log(boolean journal) {
        return new StderrLog(new PrintStream(bytes, true, UTF_8), journal);
    }

    private String text() {
        return bytes.toString(UTF_8);
    }
}
