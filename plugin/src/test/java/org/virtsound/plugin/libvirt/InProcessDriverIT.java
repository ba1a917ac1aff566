package org.virtsound.plugin.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.virtsound.plugin.provision.Hypervisor;
import org.virtsound.plugin.provision.HypervisorListener;

/** libvirt's test driver inside this process: no daemon, no root. */
class InProcessDriverIT implements HypervisorListener {
    private static final UUID GUEST = UUID.fromString("6b1c9c4e-8d0f-4a52-9a6e-0c1d2e3f4a5b");
    private static final String XML = "<domain type='xen'><name>desk</name><uuid>" + GUEST
            + "</uuid><memory>8192</memory><os><type>linux</type></os></domain>";

    private final Queue<Hypervisor> connected = new ConcurrentLinkedQueue<>();
    private final Queue<UUID> changed = new ConcurrentLinkedQueue<>();
    private final LibvirtLink link = new LibvirtLink(List.of("nonsense:///", "test:///default"), this);

    @Override
    public void connected(Hypervisor hypervisor) {
        connected.add(hypervisor);
    }

    @Override
    public void lost(Hypervisor hypervisor) {}

    @Override
    public void changed(Hypervisor hypervisor, UUID domain) {
        changed.add(domain);
    }

    @AfterEach
    void stop() {
        link.stop();
        link.join();
    }

    @Test
    void theFirstUriThatAnswersIsServedAndSaysWhichDomainToReadAgain() throws Exception {
        link.start();
        await().until(() -> !connected.isEmpty());
        Hypervisor hypervisor = connected.remove();
        assertThat(hypervisor.uri()).isEqualTo("test:///default");
        assertThat(hypervisor.liveXml(GUEST)).isEmpty();

        Connect user = new Connect("test:///default");
        Domain domain = user.domainDefineXML(XML);
        domain.create();
        await().until(() -> changed.contains(GUEST));
        assertThat(hypervisor.domains()).contains(GUEST);
        assertThat(hypervisor.find("2024")).isEmpty();
        for (String reference : List.of("desk", GUEST.toString(), Integer.toString(domain.getID()))) {
            assertThat(hypervisor.find(reference)).contains(GUEST);
        }
        assertThat(hypervisor.liveXml(GUEST)).get().asString().contains("<name>desk</name>");

        changed.clear();
        hypervisor.setMetadata(
                GUEST, "urn:virt-sound:state:1", "<state address='10.47.13.2'/>", Set.of(Hypervisor.Scope.LIVE));
        await().until(() -> changed.contains(GUEST));
        assertThat(hypervisor.liveXml(GUEST)).get().asString().contains("address=\"10.47.13.2\"");

        changed.clear();
        domain.destroy();
        await().until(() -> changed.contains(GUEST));
        assertThat(hypervisor.liveXml(GUEST)).isEmpty();
        domain.undefine();
        domain.free();
        user.domainDefineXML(XML.replace("desk", "2024")).free();
        assertThat(hypervisor.find("2024")).contains(GUEST);
        assertThat(hypervisor.find("-1")).isEmpty();
        user.close();
    }

    @Test
    void oneThatIsSlowToAnswerIsNotPassedOverForTheNext(@TempDir Path directory) throws Exception {
        Path socket = directory.resolve("slow");
        try (ServerSocketChannel slow = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            slow.bind(UnixDomainSocketAddress.of(socket));
            LibvirtLink patient =
                    new LibvirtLink(List.of("xen+unix:///system?socket=" + socket, "test:///default"), this, 50);
            patient.start();
            SocketChannel asking = slow.accept();
            await().during(500, TimeUnit.MILLISECONDS).until(connected::isEmpty);

            asking.close(); // that is an answer: no
            await().until(() -> !connected.isEmpty());
            assertThat(connected.remove().uri()).isEqualTo("test:///default");
            patient.stop();
            patient.join();
        }
    }
}
