package org.virtsound.plugin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopViewTest {
    private static final Fields HOST =
            new Fields(Map.of("inUse", "pulseaudio 16.1 at unix:/run/native", "why", "as configured"));

    @Test
    void eachStreamHasALineWithItsLevel() {
        Map<String, Object> plays = Map.of(
                "direction",
                "playback",
                "name",
                "music",
                "live",
                true,
                "peakDbfs",
                -30.0,
                "latencyUs",
                42_000,
                "underflows",
                1);
        Map<String, Object> records = Map.of("direction", "record", "name", "call", "live", false, "latencyUs", -1);
        Map<String, Object> mic = Map.of("policy", "ask", "onAir", true);
        Map<String, Object> guest = Map.of("name", "win", "mic", mic, "streamList", List.of(plays, records));
        Map<String, Object> waits = Map.of("name", "idler", "state", "ready", "mic", Map.of("policy", "off"));

        String[] lines = view(List.of(guest, waits)).lines(100).split("\n", -1);

        assertThat(lines[0]).isEqualTo("host: pulseaudio 16.1 at unix:/run/native, as configured");
        assertThat(lines[2]).matches("win +plays +█{10} +-30.0 +42 ms +1 +ON AIR +music");
        assertThat(lines[3]).matches(" +records, silence +- +- +- +call");
        assertThat(lines[4]).matches("idler +ready +off");
    }

    @Test
    void aStreamsNameDoesNotSteerTheTerminal() {
        Map<String, Object> stream = Map.of("direction", "playback", "name", "\u001b[2Jevil\u202e\n");
        assertThat(view(List.of(Map.of("name", "win", "streamList", List.of(stream))))
                        .lines(9))
                .doesNotContain("\u001b", "\u202e")
                .contains("?[2Jevil??");
    }

    @Test
    void whatHasNoRoomOnTheScreenIsCounted() {
        List<Object> many = IntStream.range(0, 30)
                .<Object>mapToObj(i -> Map.of("name", "guest" + i))
                .toList();
        String[] lines = view(many).lines(10).split("\n", -1);
        assertThat(lines).hasSize(11);
        assertThat(lines[9]).isEqualTo("… and 23 lines more");
    }

    private static TopView view(List<Object> domains) {
        return new TopView(HOST, new Fields(Map.of("domains", domains)), false);
    }
}
