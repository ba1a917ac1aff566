package org.virtsound.net;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network namespace of its own for a test: a host with nothing but lo, or a guest on its bridge. Closing it removes it
 * with all that is in it; processes started in it are the starter's to end first.
 */
public final class Namespace implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Commands MACHINE = new LocalCommands();
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final String name;
    private final List<Namespace> guests = new ArrayList<>();
    private final Deque<Path> tools = new ArrayDeque<>();
    private String path = PATH;

    private Namespace(String name) {
        this.name = name;
        MACHINE.run("ip", "netns", "add", name);
        run("ip", "link", "set", "lo", "up");
    }

    /** Skips the test, with the reason, where namespaces cannot be made. */
    public static Namespace create() {
        assumeTrue("root".equals(System.getProperty("user.name")), "network namespaces need root");
        return new Namespace("vs-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet());
    }

    public String name() {
        return name;
    }

    /** Where its commands are looked up. */
    String path() {
        return path;
    }

    /** Runs commands in here. */
    public Commands commands() {
        return new LocalCommands(List.of("ip", "netns", "exec", name), path, 30_000);
    }

    public String run(String... argv) {
        return commands().run(argv);
    }

    /** The words that put a command in here, for processes that go on. */
    public List<String> prefix() {
        return List.of("ip", "netns", "exec", name);
    }

    /** Makes every iptables command in here mean this backend: {@code nft} or {@code legacy}. */
    public Namespace withBackend(String backend) {
        Path directory = Path.of("/tmp", name + "-" + backend);
        tools.add(directory);
        try {
            Files.createDirectory(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (String tool : List.of("iptables", "ip6tables")) {
            for (String verb : List.of("", "-save", "-restore")) {
                Path link = directory.resolve(tool + verb);
                tools.add(link);
                try {
                    Files.createSymbolicLink(link, Path.of("/usr/sbin/" + tool + "-" + backend + verb));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        path = directory + ":" + PATH;
        return this;
    }

    /**
     * A guest whose card's other end, {@code device}, is in here and on {@code bridge} if that is there; inside, the
     * card is {@code eth0} with this MAC address and, where given, this address with its prefix.
     */
    public Namespace guest(String device, String bridge, String mac, String addressWithPrefix) {
        Namespace guest = create();
        guests.add(guest);
        run("ip", "link", "add", device, "type", "veth", "peer", "name", "eth0", "address", mac, "netns", guest.name);
        if (!bridge.isEmpty()) {
            run("ip", "link", "set", device, "master", bridge);
        }
        run("ip", "link", "set", device, "up");
        if (!addressWithPrefix.isEmpty()) {
            guest.run("ip", "addr", "add", addressWithPrefix, "dev", "eth0");
        }
        guest.run("ip", "link", "set", "eth0", "up");
        return guest;
    }

    @Override
    public void close() {
        guests.forEach(Namespace::close);
        guests.clear();
        while (!tools.isEmpty()) {
            tools.removeLast().toFile().delete();
        }
        MACHINE.run("ip", "netns", "delete", name);
    }
}
