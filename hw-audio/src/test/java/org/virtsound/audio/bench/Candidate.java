package org.virtsound.audio.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One way from a guest to the host's sound server: none in between, the relay, or a forwarder of bytes. */
final class Candidate implements AutoCloseable {
    final String name;
    final String address;
    private final Process process;
    private final BufferedReader answers;

    private Candidate(String name, String address, Process process, BufferedReader answers) {
        this.name = name;
        this.address = address;
        this.process = process;
        this.answers = answers;
    }

    static Candidate direct(String name, int port) {
        return new Candidate(name, "tcp:127.0.0.1:" + port, null, null);
    }

    /**
     * @param second the card of the second guest
     * @param flags of the JVM, as the daemon's
     */
    static Candidate relay(Path pulse, String second, List<String> flags) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), RelayProcess.class.getName()));
        command.addAll(List.of("unix:" + pulse, "card.monitor", second));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader answers =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        String line = answers.readLine();
        while (line != null && !line.startsWith("port ")) {
            line = answers.readLine(); // a profiler's words
        }
        if (line == null) {
            throw new IOException("the relay did not start");
        }
        String port = line.substring("port ".length());
        return new Candidate("virt-sound", "tcp:127.0.0.1:" + port, process, answers);
    }

    static Candidate haproxy(Path pulse, Path directory) throws IOException, InterruptedException {
        int port = freePort();
        Path config = Files.writeString(directory.resolve("haproxy.cfg"), """
                global
                  maxconn 256
                defaults
                  mode tcp
                  timeout connect 5s
                  timeout client 1h
                  timeout server 1h
                listen pulse
                  bind 127.0.0.1:%d
                  server pulse unix@%s
                """.formatted(port, pulse));
        return forwarder("haproxy", port, List.of("haproxy", "-db", "-q", "-f", config.toString()));
    }

    static Candidate socat(Path pulse) throws IOException, InterruptedException {
        int port = freePort();
        String listen = "TCP-LISTEN:" + port + ",bind=127.0.0.1,fork,reuseaddr,nodelay";
        return forwarder("socat", port, List.of("socat", listen, "UNIX-CONNECT:" + pulse));
    }

    private static Candidate forwarder(String name, int port, List<String> command)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        for (int tries = 0; ; tries++) {
            try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return new Candidate(name, "tcp:127.0.0.1:" + port, process, null);
            } catch (IOException e) {
                if (tries == 100 || !process.isAlive()) {
                    process.destroy();
                    throw new IOException(name + " does not listen on port " + port, e);
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    /** @return whether the client's address tells at which card it plays */
    boolean isRelay() {
        return answers != null;
    }

    /** @return a port that is free now */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** @return CPU time of the process in between; 0 where there is none */
    long cpuNs() {
        return process == null ? 0 : ProcessCost.cpuNs(process.toHandle());
    }

    long residentKib() {
        return process == null ? 0 : ProcessCost.residentKib(process.toHandle());
    }

    /** @return bytes that the relay's audio thread allocated so far, bytes it played; 0 for the others */
    long[] allocatedAndPlayed() throws IOException {
        if (answers == null) {
            return new long[2];
        }
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        String[] words = answers.readLine().split(" ");
        return new long[] {Long.parseLong(words[0]), Long.parseLong(words[1])};
    }

    @Override
    public void close() throws InterruptedException {
        if (process != null) {
            process.destroy();
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }
}
