package org.virtsound.plugin.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtsound.audio.guest.PulseTcpEndpoint;
import org.virtsound.audio.host.HostSound;
import org.virtsound.audio.relay.CapturePolicy;
import org.virtsound.audio.relay.GuestLimits;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.audio.relay.GuestRelays;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.audio.stream.SourceOffers;
import org.virtsound.net.GuestPort;
import org.virtsound.net.MacAddress;
import org.virtsound.net.Problem;
import org.virtsound.net.SoundNetwork;
import org.virtsound.net.Subnet;
import org.virtsound.plugin.config.OutsideMachine;
import org.virtsound.plugin.domain.Domain;

class ReconcilerTest {
    @TempDir
    Path sysfs;

    @TempDir
    Path directory;

    private final AudioLoop loop = new AudioLoop();
    private final GuestRelays relays =
            new GuestRelays(loop, new HostSound(loop, "silence"), GuestLimits.DEFAULT, event -> {});
    private final FakeHypervisor libvirt = new FakeHypervisor();
    private final FakeNetwork network = new FakeNetwork();
    private final FakeVchans vchans = new FakeVchans();
    private final FakeOffers offers = new FakeOffers();
    private final List<GuestEvent> events = new ArrayList<>();
    private long nowNanos;
    private Reconciler reconciler;
    private GuestSockets sockets;

    /** Takes any ports, and fails on demand. */
    private static final class FakeNetwork implements GuestNetwork {
        Map<String, String> ports = new HashMap<>();

        @Nullable
        String failure;

        int looks;
        long mendsForMs;
        boolean tellsOfChanges;

        @Override
        public Map<GuestPort, Problem> apply(Collection<GuestPort> wanted) {
            looks++;
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(mendsForMs));
            mendsForMs = 0;
            if (failure != null) {
                throw new IllegalStateException(failure);
            }
            ports = new HashMap<>();
            wanted.forEach(port -> ports.put(port.device(), port.address().getHostAddress() + " " + port.mac()));
            return Map.of();
        }

        @Override
        public boolean tellsOfChanges() {
            return tellsOfChanges;
        }
    }

    private static final class FakeOffers implements SourceOffers {
        final Map<String, InetSocketAddress> offered = new HashMap<>();
        private final Map<UUID, String> names = new HashMap<>();

        @Override
        public void offer(UUID uuid, String name, InetSocketAddress server) {
            names.put(uuid, name);
            offered.put(name, server);
        }

        @Override
        public void withdraw(UUID uuid) {
            assertThat(offered.remove(names.remove(uuid))).isNotNull();
        }
    }

    private static final class FakeVchans implements VchanGuests {
        final Map<Integer, GuestRelay> admitted = new HashMap<>();

        @Nullable
        String problem;

        @Override
        public @Nullable String problem() {
            return problem;
        }

        @Override
        public void admit(Domain domain, GuestRelay relay) {
            assertThat(admitted.put(domain.id(), relay)).isNull();
        }

        @Override
        public void dismiss(Domain domain) {
            assertThat(admitted.remove(domain.id())).isNotNull();
        }
    }

    @BeforeEach
    void connect() {
        reconciler = fresh();
        reconciler.connected(libvirt);
    }

    @AfterEach
    void close() {
        sockets.close();
        relays.close();
        loop.close();
    }

    @Test
    void aDomainThatRunsGetsAnAddressAPortAndARelay() {
        UUID uuid = libvirt.run(DomainXmlText.guest(1));
        pass();

        assertThat(network.ports).containsExactly(Map.entry("vsg1", "10.47.13.2 00:16:3e:00:00:01"));
        assertThat(relays.find(uuid)).isPresent();
        assertThat(view(1).problems()).isEmpty();
        assertThat(events).containsExactly(new GuestEvent.Up(view(1).domain().identity(), "network", "10.47.13.2"));
        assertThat(libvirt.running.get(uuid).state()).contains("address=\"10.47.13.2\"");
    }

    @Test
    void aDomainThatStopsLeavesNothing() {
        UUID uuid = libvirt.run(DomainXmlText.guest(1));
        pass();
        libvirt.running.clear();
        changed(uuid);

        assertThat(network.ports).isEmpty();
        assertThat(relays.find(uuid)).isEmpty();
        assertThat(reconciler.guests()).isEmpty();
        assertThat(events).last().isInstanceOf(GuestEvent.Down.class);
    }

    @Test
    void lookingAgainChangesNothing() {
        UUID uuid = libvirt.run(DomainXmlText.guest(1));
        pass();
        GuestRelay relay = relays.find(uuid).orElseThrow();
        changed(uuid);
        fullPass();

        assertThat(relays.find(uuid)).containsSame(relay);
        assertThat(events).hasSize(1);
    }

    @Test
    void whereSomethingWasPutBackTheNextLookIsNoLater() {
        libvirt.run(DomainXmlText.guest(1));
        pass();
        networkLook();
        network.mendsForMs = 400;
        networkLook();
        int looks = network.looks;
        networkLook();
        assertThat(network.looks).isEqualTo(looks + 1);
    }

    @Test
    void aNetworkThatTellsOfChangesIsLookedAtWhenItHasOne() {
        libvirt.run(DomainXmlText.guest(1));
        reconciler.firewallIsHeard(true);
        reconciler.bridgeIsHeard(true);
        network.tellsOfChanges = true;
        pass();
        int looks = network.looks;
        networkLook();
        networkLook();
        assertThat(network.looks).isEqualTo(looks);

        reconciler.firewallChanged();
        pass();
        assertThat(network.looks).as("at once").isEqualTo(++looks);
        reconciler.firewallChanged();
        reconciler.firewallChanged();
        pass();
        assertThat(network.looks).as("again too soon").isEqualTo(looks);
        nowNanos += TimeUnit.SECONDS.toNanos(1);
        pass();
        assertThat(network.looks).as("soon").isEqualTo(++looks);
        networkLook();
        assertThat(network.looks).isEqualTo(looks);

        reconciler.firewallIsHeard(false);
        networkLook();
        networkLook();
        looks += 2;
        assertThat(network.looks).as("unheard").isEqualTo(looks);
        reconciler.firewallIsHeard(true);
        networkLook();
        assertThat(network.looks).isEqualTo(looks);
        reconciler.bridgeIsHeard(false);
        networkLook();
        assertThat(network.looks).as("the bridge is unheard").isEqualTo(looks + 1);
    }

    @Test
    void whoeverDidNotAskForSoundHasNone() {
        libvirt.run(DomainXmlText.guest(1).withoutAudio().withDevices(""));
        libvirt.run(DomainXmlText.guest(2).withId(0)); // Domain-0
        libvirt.run(DomainXmlText.guest(3).withoutAudio()); // its NIC asks
        pass();

        assertThat(reconciler.guests())
                .singleElement()
                .satisfies(guest -> assertThat(guest.domain().name()).isEqualTo("guest3"));
    }

    @Test
    void losingLibvirtTearsNothingDownAndWhatEndedMeanwhileGoesOnReconnect() {
        UUID stays = libvirt.run(DomainXmlText.guest(1));
        UUID ends = libvirt.run(DomainXmlText.guest(2));
        pass();
        GuestRelay relay = relays.find(stays).orElseThrow();
        libvirt.down = true;
        reconciler.lost(libvirt);
        fullPass();
        assertThat(network.ports).hasSize(2);

        FakeHypervisor again = new FakeHypervisor();
        libvirt.running.remove(ends);
        again.running.putAll(libvirt.running);
        reconciler.connected(again);
        pass();
        assertThat(network.ports).containsOnlyKeys("vsg1");
        assertThat(relays.find(stays)).containsSame(relay);
        assertThat(relays.find(ends)).isEmpty();
    }

    @Test
    void aLibvirtThatFailsInTheMiddleTearsNothingDown() {
        UUID uuid = libvirt.run(DomainXmlText.guest(1));
        pass();
        libvirt.down = true;
        changed(uuid);
        fullPass();

        assertThat(network.ports).containsOnlyKeys("vsg1");
    }

    @Test
    void aPassThatFailsForgetsNothingOfWhatItWasTold() {
        FakeHypervisor other = new FakeHypervisor();
        other.besideLibvirt = true;
        other.run(DomainXmlText.guest(2));
        libvirt.run(DomainXmlText.guest(1));
        libvirt.defect = new IllegalStateException("a defect");
        reconciler.connected(other);
        reconciler.bridgeIsHeard(true);
        reconciler.firewallIsHeard(true);

        reconciler.start();
        try {
            await().until(() -> reconciler.guests().size() == 2);
        } finally {
            reconciler.stop(5_000);
        }
    }

    @Test
    void aPortThatJoinsUnreportedIsServedWhenTheBridgeIsSaidToHaveChanged() throws IOException {
        libvirt.run(DomainXmlText.guest(1));
        reconciler.bridgeIsHeard(true);
        reconciler.firewallIsHeard(true);
        reconciler.start();
        try {
            await().until(() -> reconciler.guests().size() == 1);
            libvirt.run(DomainXmlText.guest(2));
            Path port = Files.createDirectories(sysfs.resolve("SOUND/brif/vsg2"));
            Files.writeString(
                    Files.createDirectories(sysfs.resolve(port.getFileName())).resolve("ifindex"), "7");
            reconciler.bridgeChanged();
            await().until(() -> reconciler.guests().size() == 2);
        } finally {
            reconciler.stop(5_000);
        }
    }

    @Test
    void theSixthGuestWaitsWhileTheOthersAreUnharmedAndIsServedAsSoonAsAnAddressIsFree() {
        for (int i = 1; i <= 6; i++) {
            libvirt.run(DomainXmlText.guest(i));
            pass();
            changed(DomainXmlText.guest(i).uuid());
        }
        assertThat(network.ports).hasSize(5).doesNotContainKey("vsg6");
        assertThat(view(6).problems())
                .singleElement()
                .asString()
                .contains("10.47.13.0/29 is full", "5 guests", "network.subnet");
        assertThat(view(6).relay()).isNull();

        libvirt.running.remove(DomainXmlText.guest(3).uuid());
        changed(DomainXmlText.guest(3).uuid());
        assertThat(network.ports.get("vsg6")).startsWith("10.47.13.4 ");
        assertThat(view(6).problems()).isEmpty();
        assertThat(view(6).relay()).isNotNull();
    }

    @Test
    void theAddressThatTheUserNamesGoesFirstAndOneThatIsTakenIsToldWithTheReason() {
        libvirt.run(DomainXmlText.guest(1).withAudio("<transport address='10.47.13.2'/>"));
        libvirt.run(DomainXmlText.guest(2).withAudio("<transport address='10.47.13.2'/>"));
        libvirt.run(DomainXmlText.guest(3).withAudio("<transport address='10.47.13.1'/>"));
        pass();

        assertThat(view(1).address()).isEqualTo("10.47.13.2");
        assertThat(view(2).address()).isEqualTo("10.47.13.3");
        assertThat(view(2).problems()).singleElement().asString().contains("10.47.13.2 is another guest's");
        assertThat(view(3).problems()).singleElement().asString().contains("10.47.13.1 is not for a guest");
    }

    @Test
    void anAddressSurvivesARestartOfTheServiceAndGoesBeforeNewGuests() {
        UUID uuid = libvirt.run(DomainXmlText.guest(2));
        libvirt.run(DomainXmlText.guest(3));
        pass();
        assertThat(view(3).address()).isEqualTo("10.47.13.3");
        libvirt.running.remove(uuid);
        libvirt.run(DomainXmlText.guest(1));

        reconciler = fresh();
        reconciler.connected(libvirt);
        pass();
        assertThat(view(3).address()).isEqualTo("10.47.13.3");
        assertThat(view(1).address()).isEqualTo("10.47.13.2");
    }

    @Test
    void aRestartOfTheServiceGivesNobodysAddressToWhoNamesIt() {
        libvirt.run(DomainXmlText.guest(2));
        pass();
        libvirt.run(DomainXmlText.guest(1).withAudio("<transport address='10.47.13.2'/>"));
        changed(DomainXmlText.guest(1).uuid());
        assertThat(view(1).address()).isEqualTo("10.47.13.3");
        libvirt.run(DomainXmlText.guest(3).withAudio("<transport address='10.47.13.3'/>"));

        reconciler = fresh();
        reconciler.connected(libvirt);
        pass();
        assertThat(view(2).address()).isEqualTo("10.47.13.2");
        assertThat(view(1).address()).isEqualTo("10.47.13.3");
        assertThat(view(1).problems()).singleElement().asString().contains("10.47.13.2 is another guest's");
        assertThat(view(3).address()).isEqualTo("10.47.13.4");
    }

    @Test
    void anAddressThatWasNamedAnewBeforeTheServiceIsBackIsTheOneItGets() {
        UUID uuid = libvirt.run(DomainXmlText.guest(1));
        pass();
        String state = libvirt.running.get(uuid).state();
        libvirt.run(DomainXmlText.guest(1)
                .withAudio("<transport address='10.47.13.5'/>")
                .withState(state));

        reconciler = fresh();
        reconciler.connected(libvirt);
        pass();
        assertThat(state).contains("10.47.13.2");
        assertThat(view(1).address()).isEqualTo("10.47.13.5");
        assertThat(view(1).problems()).isEmpty();
    }

    @Test
    void theAddressOfAMachineOutsideIsNoGuestsAlsoWhereOneHadIt() {
        libvirt.run(DomainXmlText.guest(1));
        pass();
        OutsideMachine desk = new OutsideMachine(
                "desk", new MacAddress("52:54:00:00:00:01"), Subnet.parseAddress("10.47.13.2"), CapturePolicy.ASK);

        reconciler = fresh();
        reconciler.connected(new OutsideMachines(SoundNetwork.DEFAULT, List.of(desk)));
        reconciler.connected(libvirt);
        pass();
        assertThat(reconciler.guests())
                .extracting(GuestView::address)
                .containsExactlyInAnyOrder("10.47.13.2", "10.47.13.3");
        assertThat(view(1).address()).isEqualTo("10.47.13.3");
    }

    @Test
    void aBadSettingIsToldOnceAndIsTheGuestsAlone() {
        libvirt.run(DomainXmlText.guest(1).withAudio("<playback volume='900%'/><capture policy='off'/>"));
        pass();
        fullPass();

        assertThat(view(1).relay().status().join().policy().capture()).isEqualTo(CapturePolicy.OFF);
        assertThat(view(1).relay().status().join().policy().volumePercent()).isNull();
        assertThat(events.stream().filter(GuestEvent.Problems.class::isInstance))
                .singleElement()
                .asString()
                .contains("guest1", "playback volume=\"900%\"", "0% to 150%");
    }

    @Test
    void changedMetadataReachesTheRelayThatIsThere() {
        UUID uuid = libvirt.run(DomainXmlText.guest(1));
        pass();
        GuestRelay relay = relays.find(uuid).orElseThrow();
        libvirt.run(DomainXmlText.guest(1).withAudio("<playback volume='40%'/>"));
        changed(uuid);

        assertThat(relays.find(uuid)).containsSame(relay);
        assertThat(relay.status().join().policy().volumePercent()).isEqualTo(40);
    }

    @Test
    void aDomainThatWasStartedAgainUnseenGetsAFreshRelay() {
        UUID uuid = libvirt.run(DomainXmlText.guest(1));
        pass();
        GuestRelay relay = relays.find(uuid).orElseThrow();
        libvirt.run(DomainXmlText.guest(1).withId(77));
        changed(uuid);

        assertThat(relays.find(uuid)).isPresent().get().isNotSameAs(relay);
        assertThat(view(1).address()).isEqualTo("10.47.13.2");
    }

    @Test
    void aDomainThatAsksForSoundAndHasNoNicGetsOne() {
        UUID uuid = libvirt.run(DomainXmlText.guest(1).withDevices(""));
        pass();
        pass();

        assertThat(libvirt.attached)
                .singleElement()
                .asString()
                .contains("ua-virt-sound", "bridge='SOUND'", "00:16:3e:");
        assertThat(network.ports).containsOnlyKeys("vnet9");
        assertThat(relays.find(uuid)).isPresent();
        fullPass();
        assertThat(libvirt.attached).hasSize(1);
    }

    @Test
    void whereLibvirtPlugsNoNicInTheGuestSaysWhatToDo() {
        libvirt.refusal = "no ACPI";
        libvirt.run(DomainXmlText.guest(1).withDevices(""));
        pass();
        pass();

        assertThat(view(1).problems()).singleElement().asString().contains("no ACPI", "virt-sound enable guest1");
    }

    @Test
    void whereLibvirtRefusesInPassingTheNicIsAskedForAgainAndThatHasAnEnd() {
        libvirt.refusal = "libxenlight failed to attach network device";
        libvirt.run(DomainXmlText.guest(1).withDevices(""));
        pass();
        libvirt.refusal = null;
        pass();
        assertThat(libvirt.attached).as("not at once").isEmpty();
        fullPass();
        assertThat(libvirt.attached).hasSize(1);
        pass();
        assertThat(view(1).problems()).isEmpty();

        libvirt.refusal = "no ACPI";
        libvirt.run(DomainXmlText.guest(2).withDevices(""));
        for (int i = 0; i < 5; i++) {
            fullPass();
        }
        libvirt.refusal = null;
        fullPass();
        assertThat(libvirt.attached).hasSize(1);
        assertThat(view(2).problems()).singleElement().asString().contains("no ACPI");
    }

    @Test
    void whileLibvirtIsAwayNoTryIsUsedUp() {
        libvirt.refusal = "busy";
        libvirt.run(DomainXmlText.guest(1).withDevices(""));
        pass();
        libvirt.down = true;
        reconciler.lost(libvirt);
        for (int i = 0; i < 5; i++) {
            fullPass();
        }

        FakeHypervisor again = new FakeHypervisor();
        again.running.putAll(libvirt.running);
        reconciler.connected(again);
        pass();
        assertThat(again.attached).hasSize(1);
    }

    @Test
    void anAddressThatLibvirtDidNotKeepIsWrittenAgainAtAFullPass() {
        libvirt.busy = true;
        UUID uuid = libvirt.run(DomainXmlText.guest(1));
        pass();
        libvirt.busy = false;
        changed(uuid);
        assertThat(libvirt.running.get(uuid).state()).as("not at once").isEmpty();

        fullPass();
        assertThat(libvirt.running.get(uuid).state()).contains("address=\"10.47.13.2\"");
    }

    @Test
    void aVchanGuestHasARelayAndNoAddressUntilItStops() {
        UUID uuid = libvirt.run(DomainXmlText.guest(1).withAudio("<transport type='vchan'/>"));
        pass();
        pass();
        GuestRelay relay = relays.find(uuid).orElseThrow();
        int domid = view(1).domain().id();
        assertThat(vchans.admitted).containsExactly(Map.entry(domid, relay));
        assertThat(network.ports).isEmpty();
        assertThat(view(1).problems()).isEmpty();
        assertThat(view(1).address()).isNull();
        assertThat(events).containsExactly(new GuestEvent.Up(view(1).domain().identity(), "vchan", ""));

        libvirt.running.clear();
        changed(uuid);
        assertThat(vchans.admitted).isEmpty();
        assertThat(relays.find(uuid)).isEmpty();
    }

    @Test
    void aGuestGoesFromTheNetworkToVchansAndBackAsItsMetadataSays() {
        UUID uuid = libvirt.run(DomainXmlText.guest(1));
        pass();
        libvirt.run(DomainXmlText.guest(1).withAudio("<transport type='vchan'/>"));
        changed(uuid);
        assertThat(network.ports).isEmpty();
        assertThat(vchans.admitted).hasSize(1);

        libvirt.run(DomainXmlText.guest(1));
        changed(uuid);
        assertThat(network.ports).containsOnlyKeys("vsg1");
        assertThat(vchans.admitted).isEmpty();
    }

    @Test
    void aContainersSocketIsThereBeforeItStartsAndAfterItStopsAndGoesWhenItIsUndefined() {
        Path socket = directory.resolve("guests/box/pulse/native");
        UUID uuid = libvirt.define(DomainXmlText.container("box", 7));
        changed(uuid);
        assertThat(socket).exists();
        assertThat(reconciler.guests()).isEmpty();

        libvirt.run(DomainXmlText.container("box", 7));
        changed(uuid);
        GuestView box = reconciler.guests().get(0);
        assertThat(box.address()).isEqualTo("unix:" + socket);
        assertThat(box.problems()).isEmpty();
        assertThat(relays.find(uuid)).isPresent();
        assertThat(events).containsExactly(new GuestEvent.Up(box.domain().identity(), "socket", "unix:" + socket));
        assertThat(network.ports).isEmpty();
        assertThat(libvirt.attached).isEmpty();

        libvirt.running.clear();
        changed(uuid);
        assertThat(relays.find(uuid)).isEmpty();
        assertThat(socket).exists();
        libvirt.defined.clear();
        changed(uuid);
        assertThat(directory.resolve("guests")).doesNotExist();
    }

    @Test
    void aContainerGoesFromItsSocketToTheNetworkAndBackAndWhatItMountsStays() {
        UUID uuid = libvirt.run(DomainXmlText.container("box", 7));
        libvirt.define(DomainXmlText.container("box", 7));
        pass();
        libvirt.run(DomainXmlText.container("box", 7)
                .withDevices(DomainXmlText.guest(1).devices()));
        libvirt.define(DomainXmlText.container("box", 7)
                .withDevices(DomainXmlText.guest(1).devices()));
        changed(uuid);
        assertThat(network.ports).containsOnlyKeys("vsg1");
        assertThat(directory.resolve("guests/box/pulse")).isEmptyDirectory();

        libvirt.run(DomainXmlText.container("box", 7));
        changed(uuid);
        assertThat(network.ports).isEmpty();
        assertThat(reconciler.guests().get(0).problems()).isEmpty();
        assertThat(directory.resolve("guests/box/pulse/native")).exists();
    }

    @Test
    void aContainerWhoseSocketCannotBeSaysWhyAndHasNoRelay() {
        UUID uuid = libvirt.run(DomainXmlText.container("no directory", 7));
        pass();

        assertThat(relays.find(uuid)).isEmpty();
        assertThat(reconciler.guests().get(0).problems())
                .singleElement()
                .asString()
                .contains("transport socket: its name cannot be");
    }

    @Test
    void whereThereAreNoVchansOnlyTheirGuestsAreRefused() {
        vchans.problem = "libxenvchan is not installed; install the package libxenmisc4.17";
        UUID uuid = libvirt.run(DomainXmlText.guest(1).withAudio("<transport type='vchan'/>"));
        libvirt.run(DomainXmlText.guest(2));
        pass();
        assertThat(view(1).problems())
                .containsExactly("transport vchan: libxenvchan is not installed; install the package libxenmisc4.17");
        assertThat(relays.find(uuid)).isEmpty();
        assertThat(view(2).problems()).isEmpty();

        vchans.problem = null;
        fullPass();
        assertThat(view(1).problems()).isEmpty();
        assertThat(vchans.admitted).hasSize(1);
    }

    @Test
    void twoNicsOfOneNameAreNotTakenForEachOther() {
        libvirt.run(DomainXmlText.guest(1));
        libvirt.run(DomainXmlText.guest(2).withDevices(DomainXmlText.guest(1).devices()));
        pass();

        assertThat(network.ports).hasSize(1);
        assertThat(view(2).problems()).singleElement().asString().contains("vsg1", "guest1");
    }

    @Test
    void aNetworkThatCannotBeHadIsEveryGuestsProblemUntilItIsThere() {
        network.failure = "bridge SOUND is not a bridge";
        libvirt.run(DomainXmlText.guest(1));
        pass();
        assertThat(view(1).problems()).containsExactly("network: bridge SOUND is not a bridge");

        network.failure = null;
        nowNanos += TimeUnit.SECONDS.toNanos(5);
        reconciler.pass(nowNanos);
        assertThat(view(1).problems()).isEmpty();
        assertThat(network.ports).containsOnlyKeys("vsg1");
    }

    @Test
    void aDomainThatLibvirtDoesNotSeeIsNamedUntilItHasANic() {
        FakeHypervisor other = new FakeHypervisor();
        other.besideLibvirt = true;
        libvirt.run(DomainXmlText.guest(2).withoutAudio().withDevices(""));
        other.run(DomainXmlText.guest(1).withoutAudio().withDevices(""));
        reconciler.connected(other);
        pass();

        assertThat(reconciler.guests()).isEmpty();
        assertThat(reconciler.bystanders()).extracting(Bystander::name).containsExactly("guest1");

        UUID uuid = other.run(DomainXmlText.guest(1).withoutAudio());
        fullPass();
        assertThat(view(1).hypervisorUri()).isEqualTo("beside");
        assertThat(reconciler.bystanders()).isEmpty();

        changed(uuid); // libvirt has it defined, perhaps, and does not run it
        assertThat(reconciler.guests()).hasSize(1);

        other.running.clear();
        fullPass();
        assertThat(reconciler.guests()).isEmpty();
        assertThat(reconciler.bystanders()).isEmpty();
    }

    @Test
    void theHostListensToAGuestWhileItsElementSaysSo() {
        UUID first = libvirt.run(DomainXmlText.guest(1).withAudio("<source offer='yes'/>"));
        UUID second = libvirt.run(DomainXmlText.guest(2));
        pass();
        fullPass();
        assertThat(offers.offered).containsOnly(Map.entry("guest1", new InetSocketAddress("10.47.13.2", 4713)));

        libvirt.run(DomainXmlText.guest(1).withAudio("<source offer='no'/>"));
        changed(first);
        assertThat(offers.offered).isEmpty();

        libvirt.run(DomainXmlText.guest(2).withAudio("<source offer='yes'/>"));
        changed(second);
        assertThat(offers.offered).containsOnlyKeys("guest2");
        libvirt.running.remove(second);
        changed(second);
        assertThat(offers.offered).isEmpty();
    }

    private Reconciler fresh() {
        nowNanos = System.nanoTime();
        return new Reconciler(
                SoundNetwork.DEFAULT,
                network,
                new BridgePorts(sysfs, "SOUND"),
                domain -> domain,
                relays,
                new PulseTcpEndpoint(loop),
                vchans,
                sockets = new GuestSockets(directory.resolve("guests"), loop),
                offers,
                events::add);
    }

    private void pass() {
        reconciler.pass(nowNanos);
    }

    private void changed(UUID uuid) {
        reconciler.changed(libvirt, uuid);
        pass();
    }

    private void networkLook() {
        nowNanos += TimeUnit.SECONDS.toNanos(3);
        pass();
    }

    private void fullPass() {
        nowNanos += TimeUnit.SECONDS.toNanos(31);
        pass();
    }

    private GuestView view(int number) {
        return reconciler.guests().stream()
                .filter(guest -> guest.domain().name().equals("guest" + number))
                .findFirst()
                .orElseThrow();
    }
}
