package org.virtsound.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.virtsound.net.Namespace;

/**
 * What guest-config prints, done in a guest: a network namespace with the guest's card, and a root of its own with this machine's
 * /usr.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuestConfigIT {
    private static final Duration SOON = Duration.ofSeconds(15);

    private final Host host = new Host();
    private final Heard heard = new Heard(host.directory().resolve("heard"));
    private final DomainFile guest = DomainFile.guest(2);
    private final Path root = host.directory().resolve("root");
    private SessionLibvirtd libvirtd;
    private Namespace inside;

    @BeforeAll
    void start() throws Exception {
        libvirtd = host.with(new SessionLibvirtd(host.directory()));
        host.configure("libvirt-uri = \"" + libvirtd.uri() + "\"", heard.hostServer(), "network { dhcp = no }")
                .start();
        libvirtd.start(guest.write(host.directory()), guest.name());
        inside = host.namespace().guest(guest.device(), "SOUND", guest.mac(), "");
        await().atMost(SOON).until(() -> host.rules().contains(guest.mac()));
        makeRoot();
    }

    @AfterAll
    void close() throws Exception {
        host.close();
    }

    private void makeRoot() throws IOException {
        for (String made : List.of("etc", "proc", "sys", "dev", "tmp", "run", "usr", "var", "root")) {
            Files.createDirectories(root.resolve(made));
        }
        for (String link : List.of("bin", "lib", "lib64", "sbin")) {
            Files.createSymbolicLink(root.resolve(link), Path.of("usr", link));
        }
        for (String copied : List.of("passwd", "group", "pulse", "alternatives", "ld.so.cache", "machine-id")) {
            Processes.run(
                    List.of("cp", "-a", "/etc/" + copied, root.resolve("etc").toString()));
        }
    }

    /** Runs a shell line in the guest; whatever it leaves behind ends with it. */
    private Processes.Ended run(String line) {
        List<String> words = new ArrayList<>(inside.prefix());
        words.addAll(List.of("unshare", "-m", "--propagation", "private", "-p", "-f", "sh", "-c"));
        words.add("cd " + root + " && mount --rbind /usr usr && mount --rbind /dev dev && mount -t proc proc proc"
                + " && mount -t sysfs sys sys && mount -t tmpfs -o mode=0700 run run"
                + " && mkdir -p run/systemd/seats run/systemd/sessions run/systemd/users run/systemd/machines run/systemd/netif && exec chroot . env -i PATH=/usr/sbin:/usr/bin HOME=/root"
                + " XDG_RUNTIME_DIR=/run LC_ALL=C.UTF-8 sh -c \"$1\"");
        words.addAll(List.of("sh", line));
        return Processes.ended(words);
    }

    private String guestConfig(String... form) {
        List<String> words = new ArrayList<>(List.of("guest-config", guest.name()));
        words.addAll(List.of(form));
        Processes.Ended said = host.virtSound(words.toArray(String[]::new));
        assertThat(said.exitCode()).as(said.errors()).isZero();
        return said.output();
    }

    @Test
    void theScriptDoesItOnceForEachSoundServerAndTheToneIsHeard() throws Exception {
        Files.writeString(root.resolve("guest.sh"), guestConfig("--script"));
        Heard.tone(root.resolve("tone.wav"), 1.5);
        String wait =
                " for i in $(seq 100); do pactl info | grep -q 'Default Sink: virt-sound' && break; sleep 0.1; done;"
                        + " paplay /tone.wav; code=$?; sleep 0.5; exit $code"; // what is on its way is heard, too
        plays("client", "paplay /tone.wav");
        plays("pulseaudio", "pulseaudio --exit-idle-time=-1 --daemonize=no &" + wait);
        Heard.tone(root.resolve("tone.wav"), 2.5); // PipeWire takes half a second to begin
        Files.writeString(
                root.resolve("pipewire.sh"),
                "pipewire & until [ -S /run/pipewire-0 ]; do sleep 0.1; done; wireplumber & pipewire-pulse &"
                        // A stream that comes while wireplumber is still linking is refused: an input/output error.
                        + wait.replace("paplay", "paplay /tone.wav || paplay"));
        plays("pipewire", "dbus-run-session -- sh /pipewire.sh");
    }

    private void plays(String kind, String line) throws IOException {
        Processes.Ended first = run("sh /guest.sh " + kind);
        assertThat(first.exitCode()).as(first.toString()).isZero();
        assertThat(first.output()).contains("wrote /etc/", "done: this guest's " + kind);
        Processes.Ended second = run("sh /guest.sh " + kind);
        assertThat(second.exitCode()).as(second.toString()).isZero();
        assertThat(second.output()).doesNotContain("wrote", "removed");

        Processes.Ended played = run(line);
        assertThat(played.exitCode()).as("%s: %s", kind, played).isZero();
        heard.toneOf(guest.name());
        assertThat(Processes.run(List.of("find", root.resolve("etc").toString(), "-name", "*virt-sound*"))
                        .lines())
                .hasSize(1);
    }

    @Test
    void whatATransportDoesNotHaveIsSaid() throws Exception {
        assertThat(guestConfig())
                .contains("its card " + guest.mac() + " has 10.47.13.2/29, to be set in the guest")
                .contains("default-server = tcp:10.47.13.1:4713");
        assertThat(host.virtSound("guest-config", "nobody").errors()).contains("no domain nobody");

        host.virtSound("local", "add", "browser", "--user", "daemon");
        assertThat(host.virtSound("guest-config", "local/browser").output())
                .contains("default-server = unix:" + host.directory().resolve("run/local/browser/native"));
        assertThat(host.virtSound("guest-config", "local/browser", "--hosts").errors())
                .contains("is for users of this machine");

        DomainFile agent = DomainFile.guest(3).withAudio("<s:transport type='vchan'/>");
        libvirtd.start(agent.write(host.directory()), agent.name());
        assertThat(host.virtSound("guest-config", agent.name()).output()).contains("needs Qubes' audio agent");
    }
}
