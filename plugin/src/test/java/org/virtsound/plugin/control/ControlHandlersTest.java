package org.virtsound.plugin.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The control socket's handlers; {@code scripts/fuzz} goes on from the seeds. */
class ControlHandlersTest {
    static List<String> seeds() {
        return ControlFuzz.seeds();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everySeedHolds(String seed) {
        ControlFuzz.fuzzerTestOneInput(seed.getBytes(UTF_8));
    }

    @Test
    void aBodyThatIsTooLargeIsAnsweredWithWhatWasExpectedAndTheConnectionGoesOn() {
        ControlClient client = new ControlClient();
        String uri = "/domains/" + ControlClient.GUEST + "/settings";

        ControlClient.Response response = client.ask("PUT", uri, new byte[(64 << 10) + 1]);

        assertThat(response.status()).isEqualTo(413);
        assertThat(Json.parse(response.body()))
                .isEqualTo(Map.of(
                        "error", "body: more than 65536 bytes (expected: <= 65536); ask for fewer changes at a time"));
        assertThat(client.ask("GET", "/", new byte[0]).status()).isEqualTo(200);
    }

    @Test
    void aGuestBehindTheUplinkIsSetThroughThem() {
        ControlClient client = new ControlClient();
        String uri = "/domains/" + ControlClient.GUEST;
        byte[] louder = "{\"playback\": {\"volume\": \"35%\"}}".getBytes(UTF_8);

        assertThat(client.ask("PUT", uri + "/settings", louder).status()).isEqualTo(200);
        assertThat(client.ask("GET", uri, new byte[0]).body()).contains("\"capture\":\"ask\"");
        assertThat(client.ask("PUT", uri + "/enabled", "{\"enabled\": false}".getBytes(UTF_8))
                        .body())
                .contains("written in the service's configuration");
    }

    @Test
    void theDaemonsPageTellsOfEveryResourceAndOfNoOther() throws IOException {
        assertThat(Files.readAllLines(Path.of("src/dist/share/man/virtsoundd.8")).stream()
                        .filter(line -> line.matches("\\.B (GET|PUT).*"))
                        .map(line -> line.substring(".B ".length())))
                .containsExactlyElementsOf(Api.RESOURCES);
    }

    @Test
    void aPlusInAPathIsAPlus() {
        ControlClient client = new ControlClient();

        assertThat(client.ask("GET", "/domains/c++%20%2b", new byte[0]).body()).contains("no domain c++ + with sound");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    settings | {"playback": {"volume": "35%"}, "persistent": "yes"}  | persistent
                    settings | {"playback": {"volume": "35%"}, "persistent": 1}      | persistent
                    settings | {"playback": {"volume": "35%"}, "persistent": null}   | persistent
                    settings | {"playback": {"sink": ["a"]}}                         | playback sink
                    settings | {"playback": {"mute": "true"}}                        | playback mute
                    mic      | {"granted": "yes"}                                    | granted
                    mic      | {"granted": true, "seconds": 1.5}                     | seconds
                    mic      | {"granted": true, "seconds": 1e300}                   | seconds
                    enabled  | {"enabled": "no"}                                     | enabled
                    """)
    void aValueOfAnotherTypeIsRefusedByItsName(String resource, String body, String name) {
        ControlClient client = new ControlClient();
        String uri = "/domains/" + ControlClient.GUEST;
        await().until(() -> client.ask("GET", uri, new byte[0]).status() == 200);

        ControlClient.Response response = client.ask("PUT", uri + "/" + resource, body.getBytes(UTF_8));

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.body()).contains(name, "expected");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    GET    | /libvirt/none                |                                  | 404 | no domain none
                    GET    | /domains/none/guest          |                                  | 404 | no domain none
                    PUT    | /domains/none/settings       | {"playback": {"volume": "35%"}}  | 404 | no domain none
                    PUT    | /domains/local%2Fno/settings | {"playback": {"volume": "35%"}}  | 404 | no local endpoint no
                    PUT    | /local/her                   | {"user": "daemon"}               | 409 | /proc/virt-sound
                    PUT    | /host                        | {"hostServer": "nowhere"}        | 400 | nowhere
                    """)
    void whatCannotBeIsToldByItsStatus(String method, String uri, String body, int status, String message) {
        ControlClient.Response response =
                new ControlClient().ask(method, uri, (body == null ? "" : body).getBytes(UTF_8));

        assertThat(response.status()).isEqualTo(status);
        assertThat(response.body()).contains(message);
    }
}
