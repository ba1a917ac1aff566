package org.virtsound.audio.vchan;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * xenstore, over xenstored's socket or the kernel's device. {@link #watch}, {@link #unwatch} and what asks are one thread's,
 * {@link #nextEvent} is another's, {@link #close} any thread's. Each may wait for xenstored.
 *
 * <p>Questions and watches have a connection each: where one thread writes a watch to {@code /dev/xen/xenbus} while another waits there
 * for an answer, Linux (seen: 6.1) waits for itself, and with it everybody who uses that device.
 */
public final class XenStore implements AutoCloseable {
    /** Where it is reached in the domain that runs it, and in any. */
    public static final List<Path> PLACES =
            List.of(Path.of("/run/xenstored/socket"), Path.of("/var/run/xenstored/socket"), Path.of("/dev/xen/xenbus"));

    private static final int DIRECTORY = 1;
    private static final int READ = 2;
    private static final int WATCH = 4;
    private static final int UNWATCH = 5;
    private static final int WRITE = 11;
    private static final int REMOVE = 13;
    private static final int WATCH_EVENT = 15;
    private static final int ERROR = 16;
    private static final int IS_DOMAIN_INTRODUCED = 17;

    private final List<Path> places;
    private final XenStoreConnection questions;
    private @Nullable XenStoreConnection watches;
    private boolean closed;

    private XenStore(List<Path> places, XenStoreConnection questions) {
        this.places = places;
        this.questions = questions;
    }

    /** @param places tried in this order */
    public static XenStore connect(List<Path> places) throws IOException {
        return new XenStore(places, XenStoreConnection.to(places));
    }

    /** An event of {@code token} comes at once, and with every change of {@code path}. */
    void watch(String path, String token) throws IOException {
        int unusedRequest = watches().send(WATCH, path + '\0' + token + '\0');
    }

    void unwatch(String path, String token) throws IOException {
        int unusedRequest = watches().send(UNWATCH, path + '\0' + token + '\0');
    }

    /** Waits for the next event. @return its token */
    String nextEvent() throws IOException {
        XenStoreConnection from = watches();
        while (true) {
            XenStoreConnection.Message message = from.receive();
            if (message.type() == WATCH_EVENT) {
                String[] pathAndToken = message.payload().split("\0", -1);
                if (pathAndToken.length >= 2) {
                    return pathAndToken[1];
                }
            }
        }
    }

    private synchronized XenStoreConnection watches() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        XenStoreConnection now = watches;
        if (now == null) {
            now = XenStoreConnection.to(places);
            watches = now;
        }
        return now;
    }

    /** @return null where there is no such node, or it may not be read */
    public @Nullable String read(String path) throws IOException {
        return ask(READ, path + '\0');
    }

    /** @return the names of the nodes below it; none where there is no such node, or it may not be read */
    public List<String> list(String path) throws IOException {
        String names = ask(DIRECTORY, path + '\0');
        return names == null || names.isEmpty() ? List.of() : List.of(names.split("\0"));
    }

    /** @throws IOException where it may not be written */
    public void write(String path, String value) throws IOException {
        if (ask(WRITE, path + '\0' + value) == null) {
            throw new IOException(path + " cannot be written");
        }
    }

    /** Takes the node away, if it is there, with those below it. */
    public void remove(String path) throws IOException {
        String unusedAnswer = ask(REMOVE, path + '\0');
    }

    boolean domainExists(int domid) throws IOException {
        String answer = ask(IS_DOMAIN_INTRODUCED, domid + "\0");
        return answer == null || answer.startsWith("T");
    }

    private @Nullable String ask(int type, String payload) throws IOException {
        int request = questions.send(type, payload);
        while (true) {
            XenStoreConnection.Message message = questions.receive();
            if (message.request() == request) {
                return message.type() == ERROR ? null : message.payload();
            }
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        questions.close();
        if (watches != null) {
            watches.close();
        }
    }
}
