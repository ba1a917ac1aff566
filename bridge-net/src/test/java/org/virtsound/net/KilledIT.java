package org.virtsound.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KilledIT {
    private static final SoundNetwork NET = RestlessNetwork.NET;
    private static final int KILLS = Boolean.getBoolean("virtsound.full") ? 120 : 6;

    @ParameterizedTest
    @ValueSource(strings = {"nft", "legacy"})
    void killedAtAnyMomentItConvergesWithoutADuplicateOrAStray(String backend) throws Exception {
        try (Namespace host = Namespace.create().withBackend(backend)) {
            for (GuestPort guest : RestlessNetwork.guests()) {
                host.guest(guest.device(), "", guest.mac().text(), "");
            }
            host.run("iptables", "-A", "INPUT", "-i", "lo", "-j", "ACCEPT");
            host.run("ip6tables", "-A", "INPUT", "-i", "lo", "-j", "ACCEPT");
            String before = picture(host);
            for (int kill = 0; kill < KILLS; kill++) {
                killAtRandom(host, kill);
                Commands commands = host.commands();

                List<GuestPort> wanted = RestlessNetwork.guests();
                // What the killed process had started may still run for a moment, as it may when a daemon is restarted.
                await("kill " + kill + " is healed")
                        .atMost(Duration.ofSeconds(10))
                        .ignoreException(CommandFailure.class)
                        .untilAsserted(() -> {
                            NetworkPlan.up(NET, wanted, NetworkState.read(commands, NET), Maker.DAEMON)
                                    .apply(commands);
                            NetworkState state = NetworkState.read(commands, NET);
                            assertThat(NetworkPlan.up(NET, wanted, state, Maker.DAEMON)
                                            .steps())
                                    .isEmpty();
                            assertThat(NetworkReport.of(NET, wanted, state, List.of())
                                            .isWhole())
                                    .isTrue();
                        });

                NetworkPlan.down(NET, NetworkState.read(commands, NET), Maker.DAEMON)
                        .apply(commands);
                assertThat(picture(host)).as("after kill " + kill).isEqualTo(before);
            }
        }
    }

    private static void killAtRandom(Namespace host, int seed) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                RestlessNetwork.class.getName(),
                host.name(),
                "" + seed);
        builder.environment().put("PATH", host.path());
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            assertThat(process.inputReader().readLine()).isEqualTo("ready");
            // The moment is the point of it: anywhere in the first rounds, from its first command on.
            Thread.sleep(new Random(seed).nextInt(900));
            assertThat(process.isAlive()).isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static String picture(Namespace host) {
        String rules = host.run("iptables-save") + host.run("ip6tables-save");
        return host.run("ip", "link").replaceAll("qdisc .*", "")
                + host.run("ip", "addr", "show", "to", "10.0.0.0/8")
                + rules.lines()
                        .filter(line -> line.startsWith("-") || line.startsWith(":"))
                        .toList()
                        .toString()
                        .replaceAll("\\[.*?]", "");
    }
}
