package org.virtsound.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A real libvirtd serving its test driver, as an unprivileged user in a private directory. Clients share its domains, and it forgets
 * them when the last one leaves, so a virsh stays connected.
 */
public final class SessionLibvirtd implements AutoCloseable {
    private final Path home;
    private Process daemon;
    private Process keeper;

    /** @param directory a fresh one, that others may enter */
    public SessionLibvirtd(Path directory) throws IOException {
        this.home = directory.resolve("libvirt");
        Files.createDirectories(home.resolve("run"));
        Files.writeString(home.resolve("libvirtd.conf"), "auth_unix_rw = \"none\"\nlog_outputs = \"3:stderr\"\n");
        Processes.run(List.of("chown", "-R", "65534:65534", home.toString()));
        start();
    }

    public void start() throws IOException {
        List<String> command = new ArrayList<>(Processes.unprivileged(home));
        command.addAll(List.of("libvirtd", "-f", home.resolve("libvirtd.conf").toString()));
        Path socket = home.resolve("run/libvirt/libvirt-sock");
        Files.deleteIfExists(socket);
        daemon = Processes.start(command, home.resolve("libvirtd.log"));
        await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(socket));
        keeper = new ProcessBuilder("virsh", "-q", "-c", uri())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("keeper.log").toFile())
                .start();
        keeper.getOutputStream().write("list\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        keeper.getOutputStream().flush();
        await().atMost(Duration.ofSeconds(20))
                .until(() -> Files.readString(home.resolve("keeper.log")).contains("test"));
    }

    public String uri() {
        return "test+unix:///default?socket=" + home.resolve("run/libvirt/libvirt-sock");
    }

    /** The real virsh; fails where it fails. */
    public String virsh(String... words) {
        List<String> command = new ArrayList<>(List.of("virsh", "-q", "-c", uri()));
        command.addAll(List.of(words));
        return Processes.run(command);
    }

    /** Defines the domain and starts it. */
    public void start(Path xml, String name) {
        virsh("define", xml.toString());
        virsh("start", name);
    }

    /** As the kernel's memory killer does it. */
    public void kill() {
        Processes.end(keeper);
        daemon.destroyForcibly();
        await().until(() -> !daemon.isAlive());
    }

    @Override
    public void close() {
        Processes.end(keeper);
        Processes.end(daemon);
        assertThat(daemon.isAlive()).isFalse();
    }
}
