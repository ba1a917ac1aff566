package org.virtsound.plugin.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A control socket behind which a test answers. */
final class FakeDaemon implements AutoCloseable {
    /** Writes the answer's head and body; the connection is closed behind it. */
    interface Answers {
        void to(String request, OutputStream out) throws IOException;
    }

    private final Path socket;
    private final ServerSocketChannel server;

    FakeDaemon(Path socket, Answers answers) throws IOException {
        this.socket = socket;
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread thread = new Thread(() -> serve(answers), "fake daemon");
        thread.setDaemon(true);
        thread.start();
    }

    /** The same body for every request. */
    static Answers ok(String body) {
        return (request, out) -> write(out, "HTTP/1.1 200 OK\r\n\r\n" + body);
    }

    static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(UTF_8));
        out.flush();
    }

    private void serve(Answers answers) {
        while (server.isOpen()) {
            try (SocketChannel client = server.accept()) {
                BufferedReader in = new BufferedReader(new InputStreamReader(Channels.newInputStream(client), UTF_8));
                String request = in.readLine();
                for (String line = request; line != null && !line.isEmpty(); ) {
                    line = in.readLine();
                }
                answers.to(request, Channels.newOutputStream(client));
            } catch (IOException e) {
                // the client has gone, or the test is over
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(socket);
    }
}
