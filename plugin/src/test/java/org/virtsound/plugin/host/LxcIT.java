package org.virtsound.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The built daemon and containers of the real lxc:///system: box, whose users are this machine's, and crate, whose are mapped. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LxcIT {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int LOCAL_UID = 1;

    private final Host host = new Host();
    private final Path guests = host.directory().resolve("run/guests");
    private final Heard heard = new Heard(host.directory().resolve("heard"));
    private SystemLibvirtd libvirtd;
    private Container box;
    private Container crate;

    @BeforeAll
    void start() throws Exception {
        libvirtd = host.with(SystemLibvirtd.lxc(host));
        host.configure("libvirt-uri = \"" + libvirtd.uri() + "\"", heard.hostServer())
                .start();
        box = started("box", false);
        crate = started("crate", true);
    }

    @AfterAll
    void close() throws Exception {
        host.close();
    }

    private Container started(String name, boolean mapped) throws Exception {
        Container container = new Container(name, mapped, libvirtd);
        define(container);
        container.start();
        await().atMost(SOON).until(() -> !host.show(name).isEmpty());
        return container;
    }

    /** As its user does: the domain, what guest-config says of it, and the domain with that. */
    private void define(Container container) throws Exception {
        container.define(host.directory(), "", "");
        Processes.Ended said = host.virtSound("guest-config", container.name());
        assertThat(said.exitCode()).as(said.errors()).isZero();
        String text = said.output();
        assertThat(text).contains("virsh -c '" + libvirtd.uri() + "' edit " + container.name());
        String filesystem = text.substring(text.indexOf("<filesystem"), text.indexOf("# in the guest"));
        assertThat(filesystem).contains("<source dir='" + socket(container).getParent() + "'/>");
        container.define(host.directory(), filesystem, text.substring(text.indexOf("default-server")));
        assertThat(socket(container)).exists();
    }

    @Test
    void aContainerThatDoesNotMountItsSocketIsToldSo() throws Exception {
        Container bare = new Container("bare", false, libvirtd);
        bare.define(host.directory(), "", "");
        bare.start();
        await().atMost(SOON).until(() -> !host.show("bare").isEmpty());

        assertThat(host.virtSound("show", "bare").output())
                .contains("it mounts no " + socket(bare).getParent());
        Processes.Ended doctor = host.virtSound("doctor", "bare");
        assertThat(doctor.exitCode()).isNotZero();
        assertThat(doctor.output()).contains("virsh -c '" + libvirtd.uri() + "' edit bare: put the <filesystem>");
    }

    private Path socket(Container container) {
        return guests.resolve(container.name()).resolve("pulse/native");
    }

    @Test
    void aContainerPlaysThroughItsSocketAndReachesNoOther() throws Exception {
        Path tone = Heard.tone(host.directory().resolve("tone.wav"), 1.5);
        for (Container container : List.of(box, crate)) {
            Files.copy(tone, host.directory().resolve(container.name()).resolve("tone.wav"));
            assertThat(container.run("pactl", "info").output()).contains("Default Sink: virt-sound");
            Processes.Ended played = container.run("paplay", "/tone.wav");
            assertThat(played.exitCode()).as(played.errors()).isZero();
            assertThat(host.show(container.name()))
                    .containsEntry("transport", "socket")
                    .containsEntry("address", "unix:" + socket(container))
                    .containsEntry("problems", List.of());
            assertThat(container.run("pactl", "load-module", "module-null-sink").errors())
                    .contains("Access denied");
            assertThat(container.run("ls", "-A", Container.TARGET).output()).isEqualTo("native\n");
            assertThat(container.run("touch", Container.TARGET + "/mine").exitCode())
                    .isNotZero();
            heard.toneOf(container.name());
        }

        assertThat(box.run("env", "PULSE_SERVER=unix:" + socket(crate), "pactl", "info")
                        .exitCode())
                .isNotZero();
        assertThat(crate.run("env", "PULSE_SERVER=unix:" + socket(box), "pactl", "info")
                        .exitCode())
                .isNotZero();
    }

    @Test
    void theSocketIsForTheContainerAloneAndGoesWhenTheDomainIsUndefined() throws Exception {
        Container gone = started("gone", true);
        for (Container container : List.of(box, gone)) {
            List<String> pactl = new ArrayList<>(Processes.clientOf(LOCAL_UID, socket(container)));
            pactl.addAll(List.of("pactl", "info"));
            assertThat(Processes.ended(pactl).exitCode()).isNotZero();
        }
        await().atMost(SOON).until(() -> host.logged().contains("uid " + LOCAL_UID + " may not use " + socket(gone)));
        assertThat(host.logged()).doesNotContain("may not use " + socket(box)); // stopped on its way there

        libvirtd.virsh("destroy", gone.name());
        await().atMost(SOON).until(() -> host.show(gone.name()).isEmpty());
        assertThat(socket(gone)).exists();
        libvirtd.virsh("undefine", gone.name());
        await().atMost(SOON).until(() -> Files.notExists(guests.resolve(gone.name())));
        assertThat(socket(box)).exists();
    }

    @Test
    void whoeverPlaysAndTriesAgainIsBackAfterARestart() throws Exception {
        assertThat(host.virtSound("local", "add", "browser", "--user", "daemon").exitCode())
                .isZero();
        Path tone = Heard.tone(host.directory().resolve("tone.wav"), 1.5);
        List<Process> loops = List.of(
                again(box.prefix(), "pacat --raw --latency-msec=100 /dev/zero"),
                again(
                        Processes.clientOf(LOCAL_UID, host.directory().resolve("run/local/browser/native")),
                        "mpv --no-config --no-video --really-quiet --ao=pulse --loop=inf " + tone));
        try {
            await().atMost(SOON).until(() -> playing("box") && playing("local%2Fbrowser"));
            host.daemon().destroyForcibly().waitFor();
            host.start();
            long ready = System.nanoTime();
            for (String guest : List.of("box", "local%2Fbrowser")) {
                await().pollInterval(Duration.ofMillis(5)).atMost(SOON).until(() -> playing(guest));
                System.out.printf("%s is back after %.0f ms%n", guest, (System.nanoTime() - ready) / 1e6);
            }
        } finally {
            loops.forEach(LxcIT::end);
            await().atMost(SOON).until(() -> !playing("box"));
            heard.forget("box");
        }
    }

    private boolean playing(String guest) {
        return "playing".equals(host.show(guest).get("state"));
    }

    /** Runs the command over and over. */
    private Process again(List<String> prefix, String command) throws Exception {
        List<String> words = new ArrayList<>(prefix);
        words.addAll(List.of("sh", "-c", "while :; do " + command + "; sleep 0.05; done"));
        return Processes.start(words, host.directory().resolve("again.log"));
    }

    private static void end(Process loop) {
        List<ProcessHandle> below = loop.descendants().toList();
        loop.destroyForcibly();
        below.forEach(ProcessHandle::destroyForcibly);
    }
}
