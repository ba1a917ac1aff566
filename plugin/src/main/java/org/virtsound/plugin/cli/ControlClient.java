package org.virtsound.plugin.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.virtsound.plugin.control.Json;

/** Asks the daemon: one request a connection, HTTP/1.1 as the daemon writes it, which is never in chunks. */
final class ControlClient {
    private static final int ANSWER_WITHIN_S = 10;
    /** So many times as long for a change, which may wait for guests to take their NICs. */
    private static final int PATIENCE_FOR_CHANGES = 6;

    private final Path socket;
    private final int answerWithinS;

    ControlClient(Path socket) {
        this(socket, ANSWER_WITHIN_S);
    }

    ControlClient(Path socket, int answerWithinS) {
        this.socket = socket;
        this.answerWithinS = answerWithinS;
    }

    /** A path of these segments, each escaped. */
    static String path(String... segments) {
        StringBuilder path = new StringBuilder();
        for (String segment : segments) {
            path.append('/').append(URLEncoder.encode(segment, UTF_8).replace("+", "%20"));
        }
        return path.toString();
    }

    Map<String, Object> get(String path) throws Failure {
        return object(text("GET", path, ""));
    }

    Map<String, Object> put(String path, Map<String, ?> body) throws Failure {
        return object(text("PUT", path, Json.render(body)));
    }

    private Map<String, Object> object(String body) throws Failure {
        try {
            return Json.parse(body);
        } catch (IllegalArgumentException e) {
            throw new Failure(
                    ExitCode.NO_DAEMON, socket + ": the daemon ended while it answered (" + e.getMessage() + ")");
        }
    }

    /** The body as it came. */
    String text(String method, String path, String body) throws Failure {
        StringBuilder answer = new StringBuilder();
        stream(method, path, body, line -> {
            answer.append(line).append('\n');
            return true;
        });
        return answer.toString();
    }

    /**
     * Hands over the body line by line, as it comes, to its end. Its first line is not waited for without an end.
     *
     * @param wantsMore whether the next line is wanted, too
     */
    void stream(String method, String path, String body, Predicate<String> wantsMore) throws Failure {
        int withinS = method.equals("GET") ? answerWithinS : answerWithinS * PATIENCE_FOR_CHANGES;
        CompletableFuture<Integer> answered = new CompletableFuture<>();
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            var unusedClosed = answered.orTimeout(withinS, TimeUnit.SECONDS).exceptionally(late -> close(channel));
            connect(channel);
            byte[] content = body.getBytes(UTF_8);
            String head = method + " " + path + " HTTP/1.1\r\nHost: virt-sound\r\nConnection: close\r\nContent-Length: "
                    + content.length + "\r\n\r\n";
            write(channel, head.getBytes(UTF_8));
            write(channel, content);
            BufferedReader reader = new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), UTF_8));
            int status = status(reader.readLine());
            answered.complete(status);
            for (String header = reader.readLine(); header != null && !header.isEmpty(); ) {
                header = reader.readLine();
            }
            if (status >= 400) {
                StringBuilder error = new StringBuilder();
                reader.lines().forEach(error::append);
                throw new Failure(ExitCode.FAILED, message(error.toString()));
            }
            String line = reader.readLine();
            while (line != null && wantsMore.test(line)) {
                line = reader.readLine();
            }
        } catch (IOException e) {
            if (answered.isCompletedExceptionally()) {
                throw new Failure(
                        ExitCode.FAILED,
                        method + " " + path + ": the daemon at " + socket + " does not answer within " + withinS
                                + " s; its log: journalctl -u virtsoundd");
            }
            // The daemon closes on who may not ask, so that the request or the answer breaks off.
            throw new Failure(
                    ExitCode.NEEDS_ROOT,
                    socket + ": closed without an answer (" + e.getMessage()
                            + "); either you are not in the group that control.group names, or the daemon ended");
        } finally {
            answered.cancel(false);
        }
    }

    private void connect(SocketChannel channel) throws Failure, IOException {
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            if (e instanceof AccessDeniedException || "Permission denied".equals(e.getMessage())) {
                throw new Failure(
                        ExitCode.NEEDS_ROOT,
                        socket + ": permission denied; use sudo, or join the group that the socket has");
            }
            if (e instanceof ConnectException || !Files.exists(socket)) {
                throw new Failure(
                        ExitCode.NO_DAEMON,
                        "no daemon at " + socket
                                + "; start it: systemctl start virtsoundd, or name its socket by --socket");
            }
            throw e;
        }
    }

    private static void write(SocketChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** Whoever waits for it goes on. */
    private static @Nullable Integer close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // there is nothing to be lost
        }
        return null;
    }

    private static int status(String line) throws IOException {
        String[] words = line == null ? new String[0] : line.split(" ", 3);
        if (words.length < 2 || !words[0].startsWith("HTTP/1.") || !words[1].matches("[0-9]{3}")) {
            throw new IOException(line == null ? "end of stream" : "no HTTP: " + line);
        }
        return Integer.parseInt(words[1]);
    }

    private static String message(String body) {
        try {
            return String.valueOf(Json.parse(body).get("error"));
        } catch (IllegalArgumentException e) {
            return body;
        }
    }
}
