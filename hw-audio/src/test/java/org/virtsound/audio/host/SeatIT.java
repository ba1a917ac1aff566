package org.virtsound.audio.host;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtsound.audio.PrivatePulse;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.SoundHostListener;
import org.virtsound.audio.stream.SoundServer;

/** People come to and leave a fake seat; their sound servers are real, and ask for their cookies. */
class SeatIT {
    private static final double HEARD = 0.3;

    private final AudioLoop loop = new AudioLoop();
    private final TonePlayer guest = new TonePlayer(Requests.DVD, 1000);
    private final List<HostStatus> moves = new CopyOnWriteArrayList<>();
    private PrivatePulse annas;
    private PrivatePulse bens;
    private HostSound host;
    private SoundServer place;

    @TempDir
    Path root;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(PrivatePulse.installed(), "needs pulseaudio, pulseaudio-utils and setpriv");
        annas = PrivatePulse.started();
        bens = PrivatePulse.started();
        Files.createDirectories(root.resolve("run/systemd/seats"));
        Files.createDirectories(root.resolve("run/systemd/sessions"));
        Files.createDirectories(root.resolve("run/user"));
        host = new HostSound(loop, "auto", 10, moves::add, root, Map.of());
        place = on(() -> host.open(new UUID(1, 2), "Windows 11", new SoundHostListener() {
            @Override
            public void lost(String reason) {}

            @Override
            public void back() {}
        }));
        on(() -> guest.on(place, Requests.of(Requests.DVD, BufferAttr.playback(-1, 96_000, -1, 9600))));
    }

    @AfterEach
    void stop() throws IOException {
        if (place != null) {
            on(() -> {
                place.close();
                return null;
            });
            host.close();
        }
        loop.close();
        if (annas != null) {
            annas.close();
        }
        if (bens != null) {
            bens.close();
        }
    }

    @Test
    void theToneFollowsWhoSitsAtTheMachine() throws Exception {
        assertThat(host.status().join().inUse()).isEqualTo("silence");

        logIn("anna", 1000, annas);
        hears(annas);
        assertThat(host.status().join().why()).isEqualTo("anna (1000), active at seat0, has a sound server");
        assertThat(host.status().join().inUse()).startsWith("pulseaudio 16.1 at unix:" + root);

        logIn("ben", 1001, bens);
        hears(bens);
        await().atMost(5, SECONDS)
                .until(() -> annas.pactl("list", "sink-inputs").isBlank());

        write("run/systemd/seats/seat0", "IS_SEAT0=1\n");
        await().atMost(5, SECONDS).until(() -> host.status().join().inUse().equals("silence"));
        await().atMost(5, SECONDS).until(() -> bens.pactl("list", "sink-inputs").isBlank());

        assertThat(guest.ended).isNull();
    }

    @Test
    void anOverrideHoldsUntilItIsTakenBack() throws Exception {
        logIn("anna", 1000, annas);
        hears(annas);

        HostStatus status = host.use("unix:" + bens.openSocket(), "uid 0").join();
        assertThat(status.configured()).isEqualTo("unix:" + bens.openSocket());
        assertThat(status.why()).isEqualTo("uid 0 said so");
        hears(bens);

        host.use("auto", "uid 0").join();
        hears(annas);
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> host.use("oss:/dev/dsp", "uid 0").join()))
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("'oss:/dev/dsp' (expected: auto, unix:PATH, tcp:HOST:PORT");
        assertThat(host.status().join().configured()).isEqualTo("auto");
        assertThat(moves)
                .extracting(HostStatus::why)
                .containsExactly(
                        "anna (1000), active at seat0, has a sound server",
                        "uid 0 said so",
                        "anna (1000), active at seat0, has a sound server");
        assertThat(guest.ended).isNull();
    }

    private void hears(PrivatePulse pulse) throws IOException {
        try (PrivatePulse.Recording recording = pulse.record()) {
            await("tone").atMost(10, SECONDS).until(() -> recording.hears(1000, HEARD));
        }
    }

    /** As systemd-logind does: first the session, then the seat, each renamed into place. */
    private void logIn(String user, int uid, PrivatePulse server) throws IOException {
        Path runtime = root.resolve("run/user/" + uid + "/pulse");
        if (!Files.exists(runtime)) {
            Files.createDirectories(runtime);
            Files.createSymbolicLink(runtime.resolve("native"), server.socket());
            Files.createDirectories(root.resolve("home"));
            Files.createSymbolicLink(root.resolve("home/" + user), server.home());
        }
        Object owner = Files.getAttribute(server.socket(), "unix:uid");
        write("etc/passwd", user + ":x:" + owner + ":" + owner + "::/home/" + user + ":/bin/sh\n");
        write("run/systemd/sessions/" + uid, "UID=" + uid + "\nUSER=" + user + "\nCLASS=user\nTYPE=wayland\n");
        write("run/systemd/seats/seat0", "IS_SEAT0=1\nACTIVE=" + uid + "\n");
    }

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Path temporary = Files.writeString(file.resolveSibling("." + file.getFileName()), text);
        Files.move(temporary, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    private <T> T on(Callable<T> task) {
        return loop.call(task).join();
    }
}
