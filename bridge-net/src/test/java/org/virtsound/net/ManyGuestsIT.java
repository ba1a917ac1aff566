package org.virtsound.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ManyGuestsIT {
    private static final SoundNetwork NET = new SoundNetwork("SOUND", "sound", Subnet.parse("10.47.12.0/24"), 4713);
    private static final int CYCLES = Boolean.getBoolean("virtsound.full") ? 1000 : 25;

    @Test
    void aNetworkOf250GuestsTakesAsManyCommandsAsOneOfFive() {
        try (Namespace host = Namespace.create()) {
            List<GuestPort> guests = guests(host, 250);
            AtomicInteger runs = new AtomicInteger();
            Commands counted = command -> {
                runs.incrementAndGet();
                return host.commands().run(command);
            };

            NetworkPlan.up(NET, guests.subList(0, 5), NetworkState.read(counted, NET), Maker.DAEMON)
                    .apply(counted);
            int runsOfFive = runs.getAndSet(0);
            NetworkPlan.down(NET, NetworkState.read(counted, NET), Maker.DAEMON).apply(counted);
            runs.set(0);

            long startNs = System.nanoTime();
            NetworkPlan.up(NET, guests.subList(0, 249), NetworkState.read(counted, NET), Maker.DAEMON)
                    .apply(counted);
            long upNs = System.nanoTime();
            assertThat(runs.getAndSet(0)).as("commands to make it").isEqualTo(runsOfFive);

            NetworkState state = NetworkState.read(counted, NET);
            assertThat(NetworkPlan.up(NET, guests.subList(0, 249), state, Maker.DAEMON)
                            .steps())
                    .isEmpty();
            long readNs = System.nanoTime();

            NetworkPlan one = NetworkPlan.up(NET, guests, NetworkState.read(counted, NET), Maker.DAEMON);
            one.apply(counted);
            long oneNs = System.nanoTime();
            assertThat(one.shell().lines().count())
                    .as("lines for one guest more")
                    .isLessThanOrEqualTo(24);
            assertThat(NetworkReport.of(NET, guests, NetworkState.read(counted, NET), List.of())
                            .isWhole())
                    .isTrue();
            System.out.printf(
                    "249 guests: made in %d ms; read and compared in %d ms; one more in %d ms%n",
                    TimeUnit.NANOSECONDS.toMillis(upNs - startNs),
                    TimeUnit.NANOSECONDS.toMillis(readNs - upNs),
                    TimeUnit.NANOSECONDS.toMillis(oneNs - readNs));
        }
    }

    @Test
    void guestsThatComeAndGoLeaveNothingBehind() throws Exception {
        try (Namespace host = Namespace.create()) {
            List<GuestPort> guests = guests(host, 1);
            Commands commands = host.commands();
            NetworkPlan.up(NET, List.of(), NetworkState.read(commands, NET), Maker.DAEMON)
                    .apply(commands);
            String before = null;
            long descriptors = 0;
            for (int cycle = 0; cycle <= CYCLES; cycle++) {
                NetworkPlan.up(NET, guests, NetworkState.read(commands, NET), Maker.DAEMON)
                        .apply(commands);
                NetworkPlan.up(NET, List.of(), NetworkState.read(commands, NET), Maker.DAEMON)
                        .apply(commands);
                if (cycle == 0) {
                    before = picture(host);
                    descriptors = descriptors();
                }
            }
            assertThat(picture(host)).isEqualTo(before);
            assertThat(descriptors()).isLessThanOrEqualTo(descriptors + 3);
            assertThat(ProcessHandle.current().children()).isEmpty();
        }
    }

    private static long descriptors() {
        return new java.io.File("/proc/self/fd").list().length;
    }

    private static String picture(Namespace host) {
        return host.run("ip", "-br", "link")
                + host.run("bridge", "fdb", "show", "br", "SOUND")
                + host.run("ip", "neigh")
                + host.run("iptables-save").replaceAll("(?m)^[#:].*\n", "");
    }

    private static List<GuestPort> guests(Namespace host, int count) {
        List<GuestPort> guests = new ArrayList<>();
        StringBuilder batch = new StringBuilder();
        for (int n = 0; n < count; n++) {
            GuestPort guest = new GuestPort(
                    "vnet" + n,
                    new MacAddress(String.format("52:54:00:00:01:%02x", n)),
                    NET.subnet().numbered(n + 2));
            guests.add(guest);
            batch.append("link add " + guest.device() + " type veth peer name g" + n + "\nlink set " + guest.device()
                    + " up\n");
        }
        host.commands().run(new Command(List.of("ip", "-batch", "-"), batch.toString()));
        return guests;
    }
}
