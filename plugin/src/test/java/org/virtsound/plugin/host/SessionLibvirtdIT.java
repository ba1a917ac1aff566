package org.virtsound.plugin.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virtsound.net.Namespace;

/** The built daemon on a real libvirtd that serves its test driver, driven by the real virsh. */
class SessionLibvirtdIT {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Host host = new Host();
    private SessionLibvirtd libvirtd;

    @BeforeEach
    void startLibvirtd() throws Exception {
        libvirtd = host.with(new SessionLibvirtd(host.directory()));
        host.configure(
                "libvirt-uri = \"" + libvirtd.uri() + "\"",
                "host-server = silence",
                "metrics { listen = \"127.0.0.1:9877\" }");
    }

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    @Test
    void aDomainThatStartsHasItsRuleAndRelayAndOneThatStopsHasNone() throws Exception {
        host.start();
        DomainFile guest = DomainFile.guest(2);
        host.namespace().guest(guest.device(), "SOUND", guest.mac(), "10.47.13.2/29");
        libvirtd.start(guest.write(host.directory()), guest.name());

        await().atMost(SOON).until(() -> "ready".equals(host.show(guest.name()).get("state")));
        assertThat(host.show(guest.uuid().toString()))
                .containsEntry("name", "guest2")
                .containsEntry("transport", "network")
                .containsEntry("address", "10.47.13.2")
                .containsEntry("mac", guest.mac())
                .containsEntry("problems", List.of());
        assertThat(host.virtSound("list").output()).contains("guest2", "ready", "10.47.13.2");
        await().atMost(SOON).until(() -> host.rules().contains(guest.mac()));
        await().atMost(SOON).until(() -> libvirtd.virsh("dumpxml", guest.name()).contains("urn:virt-sound:state:1"));

        libvirtd.virsh("destroy", guest.name());
        await().atMost(SOON).until(() -> !host.rules().contains(guest.mac()));
        assertThat(host.virtSound("list").output()).doesNotContain("guest2");
        assertThat(host.virtSound("show", "guest2").exitCode()).isEqualTo(1);
    }

    @Test
    void badMetadataIsOneLogLineThatNamesDomainAttributeAndValueAndTheGuestIsServed() throws Exception {
        host.start();
        DomainFile guest =
                DomainFile.guest(2).withAudio("<s:playback volume='loud'/><s:transport address='10.47.13.999'/>");
        libvirtd.start(guest.write(host.directory()), guest.name());

        await().atMost(SOON)
                .until(() -> "10.47.13.2".equals(host.show(guest.name()).get("address")));
        assertThat(host.logged().lines().filter(line -> line.contains("loud")))
                .singleElement()
                .asString()
                .contains(
                        "domain guest2",
                        "playback volume=\"loud\"",
                        "0% to 150%",
                        "transport address=\"10.47.13.999\"");
    }

    @Test
    void metadataThatVirshSetsWhileTheGuestRunsIsInForceAtOnce() throws Exception {
        host.start();
        DomainFile guest = DomainFile.guest(2).withoutAudio();
        libvirtd.start(guest.write(host.directory()), guest.name());
        await().atMost(SOON).until(() -> !host.show(guest.name()).isEmpty());

        libvirtd.virsh(
                "metadata",
                guest.name(),
                "urn:virt-sound:domain:1",
                "--key",
                "sound",
                "--live",
                "--set",
                "<audio><playback volume=\"35%\"/><capture policy=\"off\"/></audio>");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(host.show(guest.name()).get("policy"))
                        .asString()
                        .contains("volumePercent=35", "capture=off"));
    }

    @Test
    void aNicThatJoinsTheBridgeLaterGetsItsPortWithinTwoSeconds() throws Exception {
        host.start();
        DomainFile guest = DomainFile.guest(2);
        libvirtd.start(guest.write(host.directory()), guest.name());
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(host.show(guest.name()).get("problems"))
                        .asString()
                        .contains("vsg2", "is not there"));

        host.namespace().guest(guest.device(), "SOUND", guest.mac(), "10.47.13.2/29");
        await().atMost(SOON).until(() -> host.rules().contains(guest.mac()));
        await().atMost(SOON)
                .until(() -> List.of().equals(host.show(guest.name()).get("problems")));
    }

    @Test
    void libvirtdThatIsNotThereAtStartIsWaitedForAndSaidOnce() throws Exception {
        libvirtd.kill();
        host.start();
        await().atMost(SOON).until(() -> host.logged().contains("waiting for libvirt"));
        libvirtd.start();
        DomainFile guest = DomainFile.guest(2);
        libvirtd.start(guest.write(host.directory()), guest.name());

        await().atMost(SOON).until(() -> !host.show(guest.name()).isEmpty());
        assertThat(host.logged().lines().filter(line -> line.contains(" warning waiting for libvirt")))
                .hasSize(1);
    }

    @Test
    void libvirtdThatIsKilledTwentyTimesIsFoundAgainEachTime() throws Exception {
        host.start();
        int times = Boolean.getBoolean("virtsound.full") ? 200 : 20;
        DomainFile guest = DomainFile.guest(2);
        Path xml = guest.write(host.directory());
        for (int i = 1; i <= times; i++) {
            libvirtd.start(xml, guest.name());
            await().atMost(SOON).until(() -> !host.show(guest.name()).isEmpty());
            libvirtd.kill();
            libvirtd.start();
            // The driver forgot the domain, so its sound goes once the daemon is connected again.
            await().atMost(SOON).until(() -> host.show(guest.name()).isEmpty());
            assertThat(host.daemon().isAlive()).as("after %d times", i).isTrue();
        }
        assertThat(host.logged()).doesNotContain("references left after close");
    }

    @Test
    void aDomainIsEnabledSetAndDisabledByTheCommand() throws Exception {
        host.start();
        DomainFile guest = DomainFile.guest(2).withoutAudio();
        libvirtd.start(guest.write(host.directory()), guest.name());

        run("enable", guest.name());
        assertThat(libvirtd.virsh("dumpxml", guest.name())).contains("urn:virt-sound:domain:1");
        run("volume", guest.name(), "80%", "--persistent");
        run("mute", guest.name());
        run("sink", guest.name(), "alsa_output.usb");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(host.show(guest.name()).get("policy"))
                        .asString()
                        .contains("volumePercent=80", "mute=true", "sink=alsa_output.usb"));
        assertThat(libvirtd.virsh("dumpxml", "--inactive", guest.name()))
                .contains("volume=\"80%\"")
                .doesNotContain("alsa_output.usb");
        run("sink", guest.name(), "default");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(host.show(guest.name()).get("policy"))
                        .asString()
                        .contains("sink=null"));

        assertThat(host.virtSound("volume", guest.name(), "loud").errors())
                .contains("playback volume=\"loud\"", "0% to 150%");
        assertThat(host.virtSound("volume", "nobody", "10%").errors()).contains("no domain nobody");
        assertThat(host.virtSound("volume", guest.name()).exitCode()).isEqualTo(2);

        assertThat(host.virtSound("disable", guest.name()).errors())
                .contains("virsh -c '" + libvirtd.uri() + "' detach-interface guest2 bridge --mac " + guest.mac());
        assertThat(libvirtd.virsh("dumpxml", guest.name())).contains("urn:virt-sound:domain:1");
        libvirtd.virsh("destroy", guest.name());
        String withoutNic = libvirtd.virsh("dumpxml", guest.name()).replaceAll("(?s)<interface.*</interface>", "");
        libvirtd.virsh(
                "define",
                Files.writeString(host.directory().resolve("bare.xml"), withoutNic)
                        .toString());
        run("disable", guest.name());
        assertThat(libvirtd.virsh("dumpxml", guest.name())).doesNotContain("urn:virt-sound:domain:1");
    }

    @Test
    void theMicrophoneIsGrantedListedAndRevokedAndWatchTellsIt() throws Exception {
        host.start();
        DomainFile guest = DomainFile.guest(2);
        libvirtd.start(guest.write(host.directory()), guest.name());
        await().atMost(SOON).until(() -> "ready".equals(host.show(guest.name()).get("state")));
        Path watched = host.watch();

        run("mic", "grant", guest.name(), "--for", "30m");
        assertThat(host.virtSound("mic", "list").output()).containsPattern("guest2 +ask +yes +no");
        assertThat(host.show(guest.name()).get("mic"))
                .asString()
                .contains("granted=true")
                .doesNotContain("until=null");
        run("mic", "revoke", guest.name());
        assertThat(host.show(guest.name()).get("mic")).asString().contains("granted=false");
        await().atMost(SOON).until(() -> Files.readString(watched).contains("mic-revoked"));
        assertThat(Files.readString(watched)).contains("\"event\":\"mic-granted\"", "uid 0");
        run("mic", "grant", guest.name());
        libvirtd.virsh("destroy", guest.name());
        String audited = "audit: domain guest2 (" + guest.uuid() + "): microphone ";
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(host.logged())
                        .contains(
                                audited + "granted by root (uid 0) over the control socket until ",
                                audited + "revoked by root (uid 0) over the control socket",
                                audited + "revoked by the end of its sound"));
        libvirtd.virsh("start", guest.name());
        await().atMost(SOON).until(() -> "ready".equals(host.show(guest.name()).get("state")));

        assertThat(host.virtSound("mic", "grant", guest.name(), "--for", "soon").exitCode())
                .isEqualTo(2);
        assertThat(host.virtSound("mic", "grant", "nobody").errors()).contains("no domain nobody");
        assertThat(host.virtSound("host").output()).contains("host-server: silence", "guest2");
        assertThat(host.ask("/host").get("playing")).hasToString("{default=0}");
        assertThat(host.text("/metrics"))
                .contains("virt_sound_streams{domain=\"guest2\",uuid=\"" + guest.uuid() + "\"} 0");
        assertThat(overTcp("/metrics"))
                .startsWith("HTTP/1.1 200")
                .contains("virt_sound_mic_on_air{domain=\"guest2\"", "virt_sound_libvirt_connected{uri=\"test");
        assertThat(overTcp("/domains")).startsWith("HTTP/1.1 404");
    }

    @Test
    void guestsAreHeardElsewhereByTheCommandUntilTheDaemonEnds() throws Exception {
        host.start();
        Path watched = host.watch();
        assertThat(host.virtSound("host").output()).contains("host-server: silence", "silence, as configured");

        Path nobody = host.directory().resolve("nobody");
        run("host", "use", "unix:" + nobody);
        assertThat(host.virtSound("host").output())
                .contains("host-server: unix:" + nobody, "in use:      unix:" + nobody + ", root (uid 0) said so");
        await().atMost(SOON).until(() -> Files.readString(watched).contains("host-moved"));

        assertThat(host.virtSound("host", "use", "oss:/dev/dsp").errors())
                .contains("'oss:/dev/dsp' (expected: auto, unix:PATH, tcp:HOST:PORT");
        assertThat(host.ask("/host")).containsEntry("hostServer", "unix:" + nobody);
        run("host", "use", "silence");
        assertThat(host.ask("/host")).containsEntry("inUse", "silence");
    }

    @Test
    void aWavFileIsWholeThoughTheDaemonIsKilled() throws Exception {
        Path files = Files.createDirectory(host.directory().resolve("files"));
        host.start();
        DomainFile guest = DomainFile.guest(2).withAudio("<s:latency max='1000ms'/>");
        Namespace inside = host.namespace().guest(guest.device(), "SOUND", guest.mac(), "10.47.13.2/29");
        libvirtd.start(guest.write(host.directory()), guest.name());
        await().atMost(SOON).until(() -> host.rules().contains(guest.mac()));
        run("host", "use", "wav:" + files);
        host.with(new GuestPlayer(inside, host.directory(), 500));

        await().atMost(SOON).until(() -> files.toFile().listFiles().length == 1);
        Path wav = files.toFile().listFiles()[0].toPath();
        await().atMost(SOON).until(() -> Files.size(wav) > 400_000);
        host.daemon().destroyForcibly().waitFor();

        Processes.Ended heard = Host.heard(wav);
        assertThat(heard.exitCode()).as(heard.toString()).isZero();
        long samples = Long.parseLong(
                Processes.run(java.util.List.of("soxi", "-s", wav.toString())).strip());
        assertThat(44 + samples * 4).isBetween(400_000L, Files.size(wav));
    }

    @Test
    void sigtermEndsTheDaemonWithinTwoSecondsAndNothingOfItStays() throws Exception {
        String before = host.namespace().run("ip", "-br", "link");
        host.start();
        DomainFile guest = DomainFile.guest(2);
        libvirtd.start(guest.write(host.directory()), guest.name());
        await().atMost(SOON).until(() -> !host.show(guest.name()).isEmpty());

        host.daemon().destroy();
        assertThat(host.daemon().waitFor(2, TimeUnit.SECONDS))
                .as("ends within 2 s")
                .isTrue();
        assertThat(host.daemon().exitValue()).isZero();
        assertThat(host.namespace().run("ip", "-br", "link")).isEqualTo(before);
        assertThat(host.rules()).doesNotContain("VIRT-SOUND");
        assertThat(host.directory().resolve("run")).doesNotExist();
    }

    @Test
    void aSecondDaemonOnTheSameRuntimeDirIsRefusedAndTheFirstOneIsUnharmed() throws Exception {
        host.start();
        Process first = host.daemon();
        host.start();

        assertThat(host.daemon().waitFor()).isEqualTo(1);
        assertThat(host.logged()).contains("another virtsoundd has it");
        assertThat(host.virtSound("list").exitCode()).isZero();
        Processes.end(first);
    }

    @Test
    void whoAsksManyTimesBeforeHeReadsGetsEveryAnswerAndAWatcherThatGoesIsGone() throws Exception {
        host.start();
        int many = 3_000;
        try (SocketChannel asker = SocketChannel.open(control());
                SocketChannel watcher = SocketChannel.open(control())) {
            watcher.write(UTF_8.encode("GET /events HTTP/1.1\r\n\r\n"));
            assertThat(new Scanner(watcher).nextLine()).contains("200");
            CompletableFuture<Void> asked = CompletableFuture.runAsync(() -> {
                try {
                    ByteBuffer all = UTF_8.encode("GET /libvirt HTTP/1.1\r\n\r\n".repeat(many));
                    while (all.hasRemaining()) {
                        asker.write(all);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            Scanner answers = new Scanner(asker);
            for (int i = 0; i < many; i++) {
                assertThat(answers.findWithinHorizon("HTTP/1.1 (\\d+)", 0))
                        .as("answer %d: %s", i, host.logged())
                        .endsWith("200");
            }
            asked.join();
            assertThat(connections()).isEqualTo(2);
        }
        await().atMost(SOON).until(() -> connections() == 0);
    }

    private UnixDomainSocketAddress control() {
        return UnixDomainSocketAddress.of(host.directory().resolve("run/control"));
    }

    /** From this network namespace to the control socket, as the daemon has them. */
    private long connections() throws IOException {
        try (Stream<String> all = Files.lines(Path.of("/proc/self/net/unix"))) {
            return all.filter(line -> line.endsWith(" " + control().getPath())).count();
        }
    }

    private String overTcp(String path) {
        String request = "GET " + path + " HTTP/1.0\\r\\n\\r\\n";
        return host.namespace()
                .run("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9877; printf '" + request + "' >&3; cat <&3");
    }

    private void run(String... words) {
        Processes.Ended ended = host.virtSound(words);
        assertThat(ended.exitCode())
                .as("%s: %s", String.join(" ", words), ended.errors())
                .isZero();
    }

    @Test
    void withoutADaemonTheCommandSaysSo() {
        Processes.Ended ended = host.virtSound("list");

        assertThat(ended.exitCode()).isEqualTo(3);
        assertThat(ended.errors()).contains("no daemon at", "--socket");
    }
}
