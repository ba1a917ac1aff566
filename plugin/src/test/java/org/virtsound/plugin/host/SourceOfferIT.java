package org.virtsound.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.virtsound.audio.PrivatePulse;
import org.virtsound.net.Namespace;

/** The built daemon, and a guest with a PulseAudio of its own that the host may listen to. */
class SourceOfferIT {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String SOURCE = "virt-sound.guest2";

    private final Host host = new Host();

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    @Test
    void aGuestThatOffersItsSourceIsHeardOnTheHostUntilItStops() throws Exception {
        PrivatePulse hosts = host.with(new PrivatePulse(host.namespace().prefix()));
        hosts.start();
        isHeardUntilItStops(hosts, hosts::start);
    }

    @Test
    void andOnAHostThatHasPipewire() throws Exception {
        assumeTrue(PrivatePulse.pipewireInstalled(), "needs pipewire, pipewire-pulse and wireplumber");
        PrivatePulse hosts = host.with(PrivatePulse.pipewireIn(host.namespace().prefix()));
        isHeardUntilItStops(hosts, hosts::startPipewire);
    }

    private interface Start {
        void run() throws IOException;
    }

    private void isHeardUntilItStops(PrivatePulse hosts, Start again) throws Exception {
        SessionLibvirtd libvirtd = host.with(new SessionLibvirtd(host.directory()));
        host.configure("libvirt-uri = \"" + libvirtd.uri() + "\"", "host-server = \"unix:" + hosts.openSocket() + "\"");
        host.start();
        DomainFile offering = DomainFile.guest(2).withAudio("<s:source offer='yes'/>");
        Namespace inside = host.namespace().guest(offering.device(), "SOUND", offering.mac(), "10.47.13.2/29");
        Path xml = offering.write(host.directory());
        libvirtd.start(xml, offering.name());
        DomainFile other = DomainFile.guest(3);
        libvirtd.start(other.write(host.directory()), other.name());
        // The guest's server comes later than the guest, as it does.
        PrivatePulse guests = host.with(new PrivatePulse(
                inside.prefix(), "module-native-protocol-tcp listen=10.47.13.2 auth-ip-acl=10.47.13.1"));
        await().atMost(SOON).until(() -> host.rules().contains(offering.mac()));
        guests.start();
        await().atMost(SOON).until(() -> sources(hosts).contains(SOURCE));
        assertThat(sources(hosts)).doesNotContain("guest3");
        assertThat(host.virtSound("host").output()).contains("source:      " + SOURCE);

        Path tone = host.directory().resolve("tone.raw");
        Processes.run(List.of(
                ("sox -q -n -t raw -r 48000 -e signed -b 16 -c 2 " + tone + " synth 60 sine 1000 gain -6").split(" ")));
        guests.helper(Path.of("/dev/null"), "pacat", "--raw", "--rate=48000", tone.toString());
        hears(hosts);

        hosts.kill();
        again.run();
        hears(hosts);

        // What a daemon that was killed has left there gives way, so that the name stays.
        host.daemon().destroyForcibly().waitFor();
        host.start();
        await().atMost(SOON).until(() -> host.virtSound("host").output().contains("source:      " + SOURCE));
        assertThat(sources(hosts).lines().filter(line -> line.contains(SOURCE)).map(line -> line.split("\t")[1]))
                .containsExactly(SOURCE);

        libvirtd.virsh("destroy", offering.name());
        await().atMost(SOON).until(() -> !sources(hosts).contains(SOURCE));
        assertThat(hosts.pactl("list", "short", "modules")).doesNotContain("tunnel");

        libvirtd.virsh("start", offering.name());
        await().atMost(SOON).until(() -> sources(hosts).contains(SOURCE));
        Processes.end(host.daemon());
        assertThat(hosts.pactl("list", "short", "modules")).doesNotContain("tunnel");
    }

    private static String sources(PrivatePulse pulse) throws Exception {
        return pulse.pactl("list", "short", "sources");
    }

    /** A server that has just come refuses who comes sixth at once. */
    private static void hears(PrivatePulse hosts) throws Exception {
        await().atMost(SOON).ignoreExceptions().until(() -> sources(hosts).contains(SOURCE));
        Path file = Files.createTempFile("vs-it-", ".raw");
        Process parec = hosts.helper(
                file, "parec", "--device=" + SOURCE, "--raw", "--format=s16le", "--channels=1", "--rate=48000");
        try (PrivatePulse.Recording recording = new PrivatePulse.Recording(parec, file)) {
            await("the tone").atMost(SOON).until(() -> recording.hears(1000, 0.3));
        } finally {
            Files.delete(file);
        }
    }
}
