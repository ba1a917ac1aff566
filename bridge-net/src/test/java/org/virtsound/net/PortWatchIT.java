package org.virtsound.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortWatchIT {
    private static final SoundNetwork NET = SoundNetwork.DEFAULT;
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Namespace host = Namespace.create();
    private final AtomicInteger changes = new AtomicInteger();
    private final List<Boolean> heard = new CopyOnWriteArrayList<>();
    private PortWatch watch = watch(host.prefix());

    private PortWatch watch(List<String> prefix) {
        return new PortWatch(prefix, host.commands(), NET, changes::incrementAndGet, heard::add);
    }

    private void up() {
        NetworkPlan.up(NET, List.of(), NetworkState.read(host.commands(), NET), Maker.DAEMON)
                .apply(host.commands());
    }

    private void watch() {
        watch.start();
        await().until(() -> changes.get() > 0);
        int atStart = changes.get();
        // It listens once it has seen one that nobody else would tell it of.
        AtomicInteger number = new AtomicInteger();
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            String probe = "probe" + number.incrementAndGet();
            host.run("ip", "link", "add", probe, "type", "veth", "peer", "name", probe + "x");
            host.run("ip", "link", "set", probe, "master", NET.bridge());
            return changes.get() > atStart;
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
            long changesNs = System.nanoTime();
            await().pollInterval(Duration.ofMillis(1)).atMost(SOON).until(this::isLocked);
            tookUs.add(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - changesNs));
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

    @Test
    void whatComesWhileTheMonitorIsAwayIsLookedForOnceItIsBack() {
        up();
        watch();
        ProcessHandle monitor = ProcessHandle.current()
                .children()
                .filter(child -> child.info().commandLine().orElse("").contains("monitor"))
                .findFirst()
                .orElseThrow();
        monitor.destroyForcibly();
        await().until(() -> heard.equals(List.of(true, false)));
        int before = changes.get();
        host.run("ip", "addr", "flush", "dev", NET.bridge());

        await().atMost(Duration.ofSeconds(20)).until(() -> changes.get() > before);
        assertThat(heard).containsExactly(true, false, true);
    }

    @Test
    void whatWasLockedAndIsUnlockedIsTold() {
        up();
        watch();
        int before = quiet();
        NetworkPlan.up(NET, List.of(), NetworkState.read(host.commands(), NET), Maker.DAEMON);
        assertThat(quiet()).as("a look tells of nothing").isEqualTo(before);
        host.run("bridge", "link", "set", "dev", "probe1", "isolated", "off", "learning", "on", "locked", "off");

        await().until(() -> changes.get() > before);
    }

    @Test
    void aPortThatLeavesIsTold() {
        up();
        watch();
        int before = quiet();
        host.run("ip", "link", "set", "probe1", "nomaster");
        await().until(() -> changes.get() > before);
        host.run("ip", "link", "set", "probe1", "master", NET.bridge());
        int again = quiet();
        host.run("ip", "link", "delete", "probe1");
        await().until(() -> changes.get() > again);
    }

    @Test
    void whatTheKernelCouldNotTellIsLookedFor() {
        watch = watch(
                List.of("sh", "-c", "echo 'netlink receive error No buffer space available (105)' >&2; exec sleep 60"));
        watch.start();

        await().until(() -> changes.get() == 2); // the first one is the start
        assertThat(heard).containsExactly(true);
    }

    @Test
    void aMonitorThatCannotBeStartedIsTriedAgain(@TempDir Path directory) throws IOException {
        Path late = directory.resolve("late");
        watch = watch(List.of(late.toString(), host.name()));
        watch.start();
        await().until(() -> heard.equals(List.of(false)));
        Path made = Files.writeString(directory.resolve("made"), "#!/bin/sh\nexec sleep 60\n");
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwx------"));
        Files.move(made, late);

        await().atMost(Duration.ofSeconds(20)).until(() -> heard.equals(List.of(false, true)));
    }

    /** @return how many there were once no more come */
    private int quiet() {
        AtomicInteger last = new AtomicInteger(-1);
        await().pollInterval(Duration.ofMillis(500)).until(() -> last.getAndSet(changes.get()) == changes.get());
        return last.get();
    }

    private boolean isLocked() {
        String port = host.run("bridge", "-j", "-d", "link", "show", "dev", "vnet0");
        return port.contains("\"locked\":true")
                && port.contains("\"isolated\":true")
                && port.contains("\"learning\":false");
    }
}
