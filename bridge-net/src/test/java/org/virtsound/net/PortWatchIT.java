package org.virtsound.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PortWatchIT {
    private static final SoundNetwork NET = SoundNetwork.DEFAULT;
    private static final Duration BEFORE_ANY_PASS = Duration.ofMillis(900);

    private final Namespace host = Namespace.create();
    private final AtomicInteger joined = new AtomicInteger();
    private final PortWatch watch = new PortWatch(host.prefix(), host.commands(), NET, joined::incrementAndGet);

    private void up() {
        NetworkPlan.up(NET, List.of(), NetworkState.read(host.commands(), NET), Maker.DAEMON)
                .apply(host.commands());
    }

    private void watch() {
        watch.start();
        // It listens once it has seen one that nobody else would tell it of.
        AtomicInteger number = new AtomicInteger();
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            String probe = "probe" + number.incrementAndGet();
            host.run("ip", "link", "add", probe, "type", "veth", "peer", "name", probe + "x");
            host.run("ip", "link", "set", probe, "master", NET.bridge());
            return joined.get() > 0;
        });
    }

    @AfterEach
    void close() {
        watch.close();
        host.close();
    }

    @Test
    void aPortThatNobodyHasBeenGivenIsMuteAsSoonAsItJoins() {
        up();
        watch();
        int times = Boolean.getBoolean("virtsound.full") ? 200 : 20;
        List<Long> tookUs = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            host.run("ip", "link", "add", "vnet0", "type", "veth", "peer", "name", "peer0");
            host.run("ip", "link", "set", "vnet0", "master", NET.bridge());
            long joinedNs = System.nanoTime();
            await().pollInterval(Duration.ofMillis(1)).atMost(BEFORE_ANY_PASS).until(this::isLocked);
            tookUs.add(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - joinedNs));
            host.run("ip", "link", "delete", "vnet0");
        }
        tookUs.sort(null);
        System.out.printf(
                "a port that joins is locked after p50 %.1f ms, max %.1f ms, the look itself included%n",
                tookUs.get(times / 2) / 1e3, tookUs.get(times - 1) / 1e3);
    }

    @Test
    void aPortOfABridgeThatSomebodyElseMadeIsLeftAlone() {
        host.run("ip", "link", "add", NET.bridge(), "type", "bridge");
        watch();

        assertThat(host.run("bridge", "-j", "-d", "link", "show"))
                .contains("probe1")
                .doesNotContain("\"locked\":true");
    }

    @Test
    void whatAPortHasLearntBeforeDoesNotLetItThroughTheLock() {
        up();
        Namespace early = host.guest("early0", "", "52:54:00:00:00:07", "10.47.13.4/29");
        host.run("ip", "link", "set", "early0", "master", NET.bridge());
        host.run("bridge", "fdb", "replace", "52:54:00:00:00:07", "dev", "early0", "master", "dynamic");
        host.run("ip", "link", "set", "early0", "type", "bridge_slave", "learning", "on", "locked", "off");

        NetworkPlan.up(NET, List.of(), NetworkState.read(host.commands(), NET), Maker.DAEMON)
                .apply(host.commands());

        assertThat(host.run("bridge", "fdb", "show", "dev", "early0")).doesNotContain("52:54:00:00:00:07");
        assertThat(early.name()).isNotEmpty();
    }

    private boolean isLocked() {
        String port = host.run("bridge", "-j", "-d", "link", "show", "dev", "vnet0");
        return port.contains("\"locked\":true")
                && port.contains("\"isolated\":true")
                && port.contains("\"learning\":false");
    }
}
