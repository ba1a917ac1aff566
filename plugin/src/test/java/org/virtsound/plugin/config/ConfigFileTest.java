package org.virtsound.plugin.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.virtsound.audio.relay.CapturePolicy;
import org.virtsound.audio.relay.LatencyBudget;
import org.virtsound.net.MacAddress;
import org.virtsound.net.Subnet;

class ConfigFileTest {
    @TempDir
    Path dir;

    @Test
    void anEmptyFileMeansTheDefaultsOfTheManual() throws Exception {
        ServiceConfig config = read("");

        assertThat(config.libvirtUris()).containsExactly("xen:///system", "qemu:///system", "lxc:///system");
        assertThat(config.serveAllUris()).isFalse();
        assertThat(config.hostServer()).isEqualTo("auto");
        assertThat(config.runtimeDir()).isEqualTo(Path.of("/run/virt-sound"));
        assertThat(config.network())
                .isEqualTo(new ServiceConfig.Network(
                        "SOUND", "sound", "10.47.13.0/29", 4713, false, ServiceConfig.Dhcp.AUTO, null, null));
        assertThat(config.audio()).isEqualTo(new ServiceConfig.Audio(10, LatencyBudget.DEFAULT));
        assertThat(config.control().group()).isEqualTo("virt-sound");
    }

    @Test
    void metricsAreForLoopbackAlone() throws Exception {
        assertThat(read("metrics { listen = \"127.0.0.1:9877\" }").metrics().listen())
                .isEqualTo(new InetSocketAddress("127.0.0.1", 9877));
        assertThat(read("metrics { listen = \"[::1]:9877\" }").metrics().listen())
                .isEqualTo(new InetSocketAddress("::1", 9877));
        assertThat(read("metrics { listen = none }").metrics().listen()).isNull();
        for (String other : List.of("0.0.0.0:9877", "192.168.1.2:9877", "127.0.0.1", "127.0.0.1:0", "example.org:80")) {
            assertThatThrownBy(() -> read("metrics { listen = \"" + other + "\" }"))
                    .isInstanceOf(BadConfigException.class)
                    .hasMessageContaining("metrics.listen")
                    .hasMessageContaining("127.0.0.1:9877");
        }
    }

    @Test
    void noneIsNobodyWhereThatIsSaidAndAWordLikeOthersElsewhere() throws Exception {
        assertThat(read("control { group = none }").control().group()).isNull();
        assertThat(read("network { bridge = none }").network().bridge()).isEqualTo("none");
        assertThatThrownBy(() -> read("runtime-dir = none")).hasMessageContaining("expected: an absolute path");
        assertThatThrownBy(() -> read("host-server = none")).hasMessageContaining("silence");
    }

    @Test
    void everyKeyOfTheManualIsTaken() throws Exception {
        ServiceConfig config = read("""
                libvirt-uri = ["qemu:///system", "lxc:///system"]
                host-server = "unix:/run/pulse/native"
                runtime-dir = "/tmp/vs"
                network { bridge = SND, tap = snd0, subnet = "10.9.0.0/24", port = 4714, keep = yes
                          dhcp = no, firewalld-zone = trusted, uplink = eth1 }
                audio { silence-after-s = 5, latency-ms = 20, max-latency-ms = 60 }
                limits { connections = 8, streams = 4, control-bytes = 4096, memblock-bytes = 8192
                         queued-bytes = 65536, auth-s = 2, samples-per-s = 96000 }
                vchan { transport = socket, socket-dir = "/tmp/vchan" }
                qubes { dbus = yes, control-socket = yes, control-dir = "/tmp/q", qubesdb = yes
                        qubesdb-socket = "/tmp/q/db.sock" }
                control { group = audio }
                """);

        assertThat(config.libvirtUris()).isEqualTo(List.of("qemu:///system", "lxc:///system"));
        assertThat(config.serveAllUris()).isTrue();
        assertThat(config.audio()).isEqualTo(new ServiceConfig.Audio(5, new LatencyBudget(20, 60)));
        assertThat(config.network())
                .isEqualTo(new ServiceConfig.Network(
                        "SND", "snd0", "10.9.0.0/24", 4714, true, ServiceConfig.Dhcp.NO, "trusted", "eth1"));
        assertThat(config.limits().authSeconds()).isEqualTo(2);
        assertThat(config.limits().samplesPerSecond()).isEqualTo(96_000);
        assertThat(config.vchan().socketDir()).isEqualTo(Path.of("/tmp/vchan"));
        assertThat(config.qubes().qubesdb()).isTrue();
    }

    @Test
    void machinesBehindTheUplinkAreListedByName() throws Exception {
        ServiceConfig config = read("""
                network.uplink = eth1
                machine { desk { mac = "52-54-00-AA-BB-01", address = "10.47.13.6", mic = off }
                          tv { mac = "52:54:00:aa:bb:02", address = "10.47.13.5" } }
                """);

        assertThat(config.machines())
                .containsExactly(
                        new OutsideMachine(
                                "desk",
                                new MacAddress("52:54:00:aa:bb:01"),
                                Subnet.parseAddress("10.47.13.6"),
                                CapturePolicy.OFF),
                        new OutsideMachine(
                                "tv",
                                new MacAddress("52:54:00:aa:bb:02"),
                                Subnet.parseAddress("10.47.13.5"),
                                CapturePolicy.ASK));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a { mac = \"52:54:00:00:00:01\" } | machine.a: no address (expected: its address",
                "a { address = \"10.47.13.6\" } | machine.a: no mac (expected: its card's MAC address",
                "a { mac = \"52:54:00:00:00\", address = \"10.47.13.6\" } | expected: six bytes",
                "a { mac = \"52:54:00:00:00:01\", address = \"10.47.13.1\" } | the host's",
                "a { mac = \"52:54:00:00:00:01\", address = \"10.47.14.6\" } | expected: one of 10.47.13.0/29",
                "a { mac = \"52:54:00:00:00:01\", address = \"10.47.13.6\", mic = yes } | mic: yes (expected: off",
                "a { mac = \"52:54:00:00:00:01\", adress = \"10.47.13.6\" } | unknown key adress (expected: one of address, mac, mic)",
                "a/b { mac = \"52:54:00:00:00:01\", address = \"10.47.13.6\" } | 1 to 64 letters",
            })
    void aMachineThatCannotBeServedIsNamedWithWhatWasExpected(String section, String message) {
        assertThatThrownBy(() -> read("network.uplink = eth1\nmachine { " + section + " }"))
                .isInstanceOf(BadConfigException.class)
                .hasMessageContaining(message);
    }

    @Test
    void machinesNeedAnUplinkAndAnAddressEach() {
        String a = "a { mac = \"52:54:00:00:00:01\", address = \"10.47.13.6\" }";
        String b = "b { mac = \"52:54:00:00:00:02\", address = \"10.47.13.6\" }";
        assertThatThrownBy(() -> read("machine { " + a + " }"))
                .hasMessageContaining("machine.a: network.uplink is none");
        assertThatThrownBy(() -> read("network.uplink = eth1\nmachine { " + a + ", " + b + " }"))
                .hasMessageContaining("machine.b: another machine has its MAC address or its address");
    }

    @ParameterizedTest
    @CsvSource({
        "network.brigde = x, unknown key network.brigde (the nearest known one is network.bridge)",
        "bridge = x, unknown key bridge (the nearest known one is network.bridge)",
        "host-sever = auto, unknown key host-sever (the nearest known one is host-server)",
        "network = 5, a section",
    })
    void anUnknownKeyIsNamedWithTheNearestKnownOne(String line, String message) {
        assertThatThrownBy(() -> read(line))
                .isInstanceOf(BadConfigException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "network.port = 0",
                "network.port = pulse",
                "network.keep = maybe",
                "network.dhcp = sometimes",
                "network.bridge = averyveryverylongname",
                "network.bridge = \"a/b\"",
                "network.subnet = \"10.47.13.0/33\"",
                "network.subnet = \"8.8.8.0/29\"",
                "libvirt-uri = []",
                "libvirt-uri = qemu",
                "host-server = \"pulse:/run\"",
                "runtime-dir = run",
                "audio { latency-ms = 100, max-latency-ms = 50 }",
                "vchan.transport = socket",
                "limits.auth-s = {}",
            })
    void aBadValueIsNamedWithItsKeyAndWhatWasExpected(String line) {
        String key = line.split("[ {]", 2)[0];
        assertThatThrownBy(() -> read(line))
                .isInstanceOf(BadConfigException.class)
                .hasMessageContaining("virt-sound.conf")
                .hasMessageContaining(key)
                .hasMessageContaining("expected");
    }

    @ParameterizedTest
    @CsvSource({
        "host-server = unix:/run/pulse/native, host-server = \"unix:/run/pulse/native\"",
        "libvirt-uri = qemu:///system, libvirt-uri = \"qemu:///system\"",
    })
    void aValueThatNeedsQuotesIsShownWithThem(String line, String message) {
        assertThatThrownBy(() -> read("# first\n" + line))
                .isInstanceOf(BadConfigException.class)
                .hasMessageContaining("virt-sound.conf: 2")
                .hasMessageContaining("needs quotes: " + message);
    }

    @Test
    void aFileThatWasAskedForAndIsNotThereIsAnError() {
        assertThatThrownBy(() -> ConfigFile.read(dir.resolve("missing.conf")))
                .isInstanceOf(BadConfigException.class)
                .hasMessageContaining("missing.conf: cannot be read: no such file");
    }

    private ServiceConfig read(String text) throws IOException, BadConfigException {
        Path file = dir.resolve("virt-sound.conf");
        Files.writeString(file, text);
        return ConfigFile.read(file);
    }
}
