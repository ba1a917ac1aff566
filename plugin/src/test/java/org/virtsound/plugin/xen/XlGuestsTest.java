package org.virtsound.plugin.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtsound.audio.vchan.FakeXenStored;
import org.virtsound.plugin.domain.Domain;
import org.virtsound.plugin.domain.DomainXml;
import org.virtsound.plugin.domain.SoundSettings;
import org.virtsound.plugin.provision.Hypervisor.Scope;
import org.virtsound.plugin.provision.HypervisorException;

class XlGuestsTest {
    private static final UUID STRANGER = UUID.fromString("6b0e2a52-6a58-4d7e-9b6b-3d4c6a1f0005");

    @TempDir
    Path root;

    private Path devices;
    private FakeXenStored xenstored;
    private XlGuests xl;
    private XenNics nics;

    @BeforeEach
    void start() throws IOException {
        Path socket = root.resolve("socket");
        xenstored = new FakeXenStored(socket);
        devices = Files.createDirectory(root.resolve("net"));
        xl = new XlGuests(List.of(root.resolve("none"), socket), root, devices, "SOUND");
        nics = new XenNics(List.of(socket), devices);
    }

    @AfterEach
    void stop() throws IOException {
        xenstored.close();
    }

    @Test
    void aGuestWithANicOnTheBridgeIsReadAsLibvirtWouldWriteIt() throws Exception {
        runs(7, "a stranger's <own> & only");
        vif(7, 0, "00:16:3E:47:13:05", "SOUND");
        device("vif7.0", "up");

        assertThat(xl.domains()).containsExactly(STRANGER);
        Domain domain = read();
        assertThat(domain.name()).isEqualTo("a stranger's <own> & only");
        assertThat(domain.uuid()).isEqualTo(STRANGER);
        assertThat(domain.id()).isEqualTo(7);
        assertThat(domain.settings()).isNull();
        assertThat(domain.nics()).containsExactly(new Domain.Nic("SOUND", "00:16:3e:47:13:05", "vif7.0", null));
    }

    @Test
    void anAddressInItsConfigurationIsTheOneItGets() throws Exception {
        runs(7, "stranger");
        vif(7, 0, "00:16:3e:47:13:04", "xenbr0");
        xenstored.write("backend/vif/7/0/ip", "192.168.0.9");
        vif(7, 1, "00:16:3e:47:13:05", "SOUND");
        xenstored.write("backend/vif/7/1/ip", "10.47.13.5 10.47.13.6");

        SoundSettings settings = read().settings();
        assertThat(settings).isNotNull();
        assertThat(settings.address()).isEqualTo("10.47.13.5");
    }

    @Test
    void whatLibvirtStartedIsNotXls() throws Exception {
        runs(7, "libvirts");
        Files.createFile(root.resolve("userdata-d.7." + STRANGER + ".libvirt-xml"));

        assertThat(xl.domains()).isEmpty();
        assertThat(xl.liveXml(STRANGER)).isEmpty();
    }

    @Test
    void whatLibvirtMayStillBeStartingIsNotXlsYet() throws Exception {
        runs(7, "somebodys");
        Files.setLastModifiedTime(file(7), FileTime.from(Instant.now()));
        assertThat(xl.domains()).isEmpty();

        Files.setLastModifiedTime(file(7), FileTime.from(Instant.now().minusSeconds(60)));
        assertThat(xl.domains()).containsExactly(STRANGER);
        Files.setLastModifiedTime(file(7), FileTime.from(Instant.now())); // a device was plugged in
        assertThat(xl.domains()).containsExactly(STRANGER);
    }

    @Test
    void aClockThatWasSetBackKeepsNoGuestWaiting() throws Exception {
        runs(7, "stranger");
        Files.setLastModifiedTime(file(7), FileTime.from(Instant.now().plusSeconds(3600)));
        assertThat(xl.domains()).containsExactly(STRANGER);
    }

    @Test
    void aDomainThatEndsWhileItIsListedIsLeftOutAlone() throws Exception {
        runs(7, "stranger");
        // Listed, and not there to be asked when it was written.
        Files.createSymbolicLink(file(6), root.resolve("gone"));
        Files.createSymbolicLink(file(8), root.resolve("gone"));
        assertThat(xl.domains()).containsExactly(STRANGER);
    }

    @Test
    void anotherDomainOfTheSameNumberSettlesAnew() throws Exception {
        runs(7, "stranger");
        assertThat(xl.domains()).containsExactly(STRANGER);
        Files.delete(file(7));
        assertThat(xl.domains()).isEmpty();

        Files.createFile(file(7));
        assertThat(xl.domains()).isEmpty();
    }

    @Test
    void aFileFromBeforeACrashOfTheHostIsNoGuest() throws Exception {
        runs(7, "stranger");
        xenstored.write("/local/domain/7/vm", "/vm/00000000-0000-4000-8000-000000000001");

        assertThat(xl.domains()).isEmpty();
        assertThat(xl.liveXml(STRANGER)).isEmpty();
    }

    @Test
    void settingsAreKeptWhileItRunsAndTakenOutAgain() throws Exception {
        runs(7, "stranger");
        xl.setMetadata(
                STRANGER, SoundSettings.NAMESPACE, "<audio><playback volume=\"80%\"/></audio>", Set.of(Scope.LIVE));
        xl.setMetadata(STRANGER, SoundSettings.STATE_NAMESPACE, "<state address=\"10.47.13.3\"/>", Set.of(Scope.LIVE));

        Domain domain = read();
        assertThat(domain.settings()).isNotNull();
        assertThat(domain.settings().policy().volumePercent()).isEqualTo(80);
        assertThat(domain.assignedAddress()).isEqualTo("10.47.13.3");

        xl.setMetadata(STRANGER, SoundSettings.NAMESPACE, null, Set.of(Scope.LIVE));
        assertThat(read().settings()).isNull();
        assertThat(xl.persistentXml(STRANGER)).isEmpty();
    }

    @Test
    void itIsFoundByNameUuidAndId() throws Exception {
        runs(7, "stranger");

        assertThat(xl.find("stranger")).contains(STRANGER);
        assertThat(xl.find("7")).contains(STRANGER);
        assertThat(xl.find(STRANGER.toString().toUpperCase(java.util.Locale.ROOT)))
                .contains(STRANGER);
        assertThat(xl.find("8")).isEmpty();
    }

    @Test
    void withoutXenThereIsNothingToAsk() throws Exception {
        XlGuests nowhere = new XlGuests(List.of(root.resolve("none")), root, devices, "SOUND");

        assertThat(nowhere.canBe()).isFalse();
        assertThat(xl.canBe()).isTrue();
        assertThatThrownBy(nowhere::domains)
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("xenstore");
    }

    @Test
    void anEmulatedNicCarriesTheFramesUntilTheGuestsOwnDriverIsThere() throws Exception {
        runs(7, "windows");
        vif(7, 0, "00:16:3e:47:13:05", "SOUND");
        device("vif7.0", "down");
        device("vif7.0-emu", "unknown");
        Domain byLibvirt = libvirts("vif7.0-emu");
        assertThat(target(byLibvirt)).contains("vif7.0-emu");
        assertThat(read().nics().get(0).target()).isEqualTo("vif7.0-emu");

        device("vif7.0", "up");
        assertThat(target(byLibvirt)).contains("vif7.0");
        assertThat(read().nics().get(0).target()).isEqualTo("vif7.0");
    }

    @Test
    void aNicThatWasPluggedInOrNamedByItsUserHasTheDeviceThatThereIs() throws Exception {
        runs(7, "guest");
        vif(7, 2, "00:16:3e:47:13:05", "SOUND");
        device("vif7.2", "up");
        assertThat(target(libvirts(null))).contains("vif7.2");
        assertThat(target(libvirts("mysound"))).contains("vif7.2");

        xenstored.write("backend/vif/7/2/vifname", "music");
        assertThat(target(libvirts("vif7.2"))).as("not there yet").isEmpty();
        device("music", "up");
        assertThat(target(libvirts("vif7.2"))).contains("music");
    }

    @Test
    void whatXenstoreDoesNotKnowStaysAsLibvirtSays() throws Exception {
        assertThat(target(libvirts("vif7.0"))).contains("vif7.0");
        xenstored.close();
        assertThat(target(libvirts("vif7.0"))).contains("vif7.0");
    }

    private void runs(int domid, String name) throws IOException {
        Files.createFile(file(domid));
        Files.setLastModifiedTime(file(domid), FileTime.from(Instant.now().minusSeconds(60)));
        xenstored.write("/local/domain/" + domid + "/vm", "/vm/" + STRANGER);
        xenstored.write("/local/domain/" + domid + "/name", name);
    }

    private Path file(int domid) {
        return root.resolve("userdata-d." + domid + "." + STRANGER + ".libxl-json");
    }

    private void vif(int domid, int number, String mac, String bridge) throws IOException {
        String node = "backend/vif/" + domid + "/" + number + "/";
        xenstored.write(node + "mac", mac);
        xenstored.write(node + "bridge", bridge);
    }

    private void device(String name, String operstate) throws IOException {
        Files.createDirectories(devices.resolve(name));
        Files.writeString(devices.resolve(name).resolve("operstate"), operstate + "\n");
    }

    private Domain read() throws HypervisorException {
        return DomainXml.parse(xl.liveXml(STRANGER).orElseThrow());
    }

    private static Domain libvirts(String target) {
        return DomainXml.parse("<domain type='xen' id='7'><name>guest</name><uuid>" + STRANGER
                + "</uuid><devices><interface type='bridge'><mac address='00:16:3e:47:13:05'/><source bridge='SOUND'/>"
                + (target == null ? "" : "<target dev='" + target + "'/>") + "</interface></devices></domain>");
    }

    private Optional<String> target(Domain domain) {
        return Optional.ofNullable(nics.named(domain).nics().get(0).target());
    }
}
