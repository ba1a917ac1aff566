package org.virtsound.plugin.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Any request to the control socket's handlers is answered: with what was asked for, or with an error that is JSON and says
 * something. An input is a line with method and path, and the body after it.
 */
public final class ControlFuzz {
    private static final Pattern LINE = Pattern.compile("(GET|PUT|POST|DELETE|PATCH|OPTIONS) (/[!-~]{0,200})");
    /** What would open sockets and files on this machine, and the stream that has no end. */
    private static final Pattern LEFT_OUT = Pattern.compile("(?s).*(tcp|unix:|wav:|alsa:|auto|events).*");

    private static final List<Integer> STATUSES = List.of(200, 400, 404, 405, 409, 413);
    private static final String DOMAIN = "/domains/" + ControlClient.GUEST;

    private static ControlClient client;

    private ControlFuzz() {}

    static List<String> seeds() {
        List<String> seeds = new ArrayList<>();
        for (String path : List.of("", "domains", "mic", "local", "network", "host", "metrics", "libvirt", "streams")) {
            seeds.add("GET /" + path + "\n");
        }
        seeds.add("GET " + DOMAIN + "\n");
        seeds.add("PUT " + DOMAIN + "/settings\n{\"playback\": {\"volume\": \"80%\", \"mute\": \"no\"}}");
        seeds.add("PUT " + DOMAIN + "/settings\n{\"playback\": {\"sink\": null}, \"persistent\": true}");
        seeds.add("PUT " + DOMAIN + "/settings\n{\"capture\": {\"policy\": \"off\", \"source\": \"a\"}}");
        seeds.add("PUT " + DOMAIN + "/settings\n{\"latency\": {\"target\": \"30ms\", \"max\": \"80ms\"}}");
        seeds.add("PUT " + DOMAIN + "/settings\n{\"transport\": {\"type\": \"network\"}, \"x\": [1]}");
        seeds.add("PUT " + DOMAIN + "/mic\n{\"granted\": true, \"seconds\": 1800}");
        seeds.add("PUT " + DOMAIN + "/mic\n{\"granted\": false}");
        seeds.add("PUT " + DOMAIN + "/enabled\n{\"enabled\": true}");
        seeds.add("PUT " + DOMAIN + "/enabled\n{\"enabled\": false}");
        seeds.add("PUT /domains/other/enabled\n{\"enabled\": true}");
        seeds.add("PUT /local/browser\n{\"user\": \"daemon\", \"mic\": \"off\"}");
        seeds.add("PUT /local/box\n{\"uid\": \"100000-165535\"}");
        seeds.add("PUT /local/box\n{\"ui!\": \"100000\", \"a.b\": 1, \"\": {}}");
        seeds.add("DELETE /local/browser\n");
        seeds.add("PUT /host\n{\"hostServer\": \"silence\"}");
        seeds.add("PUT " + DOMAIN + "/settings\n{\"playback\":" + "[".repeat(40));
        seeds.add("GET /domains/%ff%00%2F?a=b\n");
        return seeds;
    }

    /** @param arguments the directory to write seeds to */
    public static void main(String... arguments) throws IOException {
        List<String> seeds = seeds();
        for (int i = 0; i < seeds.size(); i++) {
            Files.writeString(Path.of(arguments[0], "seed" + i), seeds.get(i));
        }
    }

    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, UTF_8);
        int end = text.indexOf('\n');
        var line = LINE.matcher(end < 0 ? text : text.substring(0, end));
        if (!line.matches() || LEFT_OUT.matcher(text).matches()) {
            return;
        }
        if (client == null) {
            client = new ControlClient();
        }
        ControlClient.Response response = client.ask(
                line.group(1),
                line.group(2),
                text.substring(end < 0 ? text.length() : end + 1).getBytes(UTF_8));
        check(text, response);
    }

    static void check(String asked, ControlClient.Response response) {
        if (!STATUSES.contains(response.status())) {
            throw new AssertionError(asked + ": " + response);
        }
        if (response.type().equals(Answer.JSON)) {
            Map<String, Object> json = Json.parse(response.body());
            boolean says = json.get("error") instanceof String error && !error.isBlank() && !error.equals("null");
            if (response.status() >= 400 && !says) {
                throw new AssertionError(asked + ": an error that says nothing: " + response);
            }
        } else if (response.status() != 200) {
            throw new AssertionError(asked + ": an error that is no JSON: " + response);
        }
    }
}
