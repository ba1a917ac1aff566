package org.virtsound.net;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** One role of wire.py in a namespace, going on until it is closed; its lines are collected as they come. */
final class Wire implements AutoCloseable {
    private static final Path SCRIPT = script();

    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    private Wire(Namespace where, String... role) {
        List<String> argv = new ArrayList<>(where.prefix());
        argv.addAll(List.of("/usr/bin/python3", SCRIPT.toString()));
        argv.addAll(List.of(role));
        try {
            process = new ProcessBuilder(argv)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread reader = new Thread(this::read, "wire-" + role[0]);
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts a role and waits until it says that it is ready. */
    static Wire start(Namespace where, String... role) {
        Wire wire = new Wire(where, role);
        await(role[0] + " is ready").until(() -> wire.lines.contains("ready"));
        return wire;
    }

    /** Plays a role that ends by itself; returns what it printed. */
    static String play(Namespace where, String... role) {
        List<String> argv = new ArrayList<>(List.of("/usr/bin/python3", SCRIPT.toString()));
        argv.addAll(List.of(role));
        return where.run(argv.toArray(String[]::new)).strip();
    }

    void say(String line) {
        try {
            OutputStream out = process.getOutputStream();
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> lines() {
        return lines;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }

    private void read() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add("ended: " + e.getMessage());
        }
    }

    private static Path script() {
        try (InputStream in = Wire.class.getResourceAsStream("wire.py")) {
            Path script = Files.createTempFile("wire", ".py");
            script.toFile().deleteOnExit();
            return Files.write(script, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
