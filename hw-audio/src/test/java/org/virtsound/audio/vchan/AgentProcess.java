package org.virtsound.audio.vchan;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** {@link AgentMain} in a JVM of its own, which can be killed. */
final class AgentProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;

    AgentProcess(QubesAgent.Kind kind, Path dir, int domid) throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AgentMain.class.getName(),
                        kind.name().toLowerCase(Locale.ROOT),
                        "socket",
                        dir.toString(),
                        Integer.toString(domid))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        out = process.inputReader(StandardCharsets.US_ASCII);
    }

    /** @return the agent's state */
    Map<String, Double> tell(String command) {
        try {
            process.outputWriter().write(command + "\n");
            process.outputWriter().flush();
            String line = out.readLine();
            Map<String, Double> state = new HashMap<>();
            for (String word : line == null ? new String[0] : line.split(" ")) {
                String[] pair = word.split("=");
                state.put(pair[0], Double.valueOf(pair[1]));
            }
            return state;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@code kill -9} does. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
