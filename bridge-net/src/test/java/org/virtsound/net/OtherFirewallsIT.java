package org.virtsound.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OtherFirewallsIT {
    private static final SoundNetwork NET = SoundNetwork.DEFAULT;
    private static final GuestPort ALICE =
            new GuestPort("vnet0", new MacAddress("52:54:00:00:00:02"), Subnet.parseAddress("10.47.13.2"));
    private final Namespace host = Namespace.create();
    private Namespace alice;
    private Wire server;

    @BeforeEach
    void up() {
        assumeTrue(LocalCommands.find("nft").isPresent(), "nft is not installed");
        alice = host.guest("vnet0", "", ALICE.mac().text(), "10.47.13.2/29");
        Commands commands = host.commands();
        NetworkPlan.up(NET, List.of(ALICE), NetworkState.read(commands, NET), Maker.DAEMON)
                .apply(commands);
        server = Wire.start(host, "serve", "10.47.13.1", "4713");
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
        host.close();
    }

    @Test
    void oursAloneDropsNobody() {
        assertThat(reach()).isEqualTo("answered");
        assertThat(OtherFirewalls.dropping(host.commands(), NET)).isEmpty();
    }

    @Test
    void firewalldsZonesAreSeenThrough() {
        load(firewalld().replace("ZONED", "eth7"));
        assertThat(reach()).isNotEqualTo("answered");
        assertThat(OtherFirewalls.dropping(host.commands(), NET))
                .singleElement()
                .asString()
                .contains("firewalld", "firewall-cmd --zone=trusted --change-interface=SOUND");

        host.run("nft", "delete", "table", "inet", "firewalld");
        load(firewalld().replace("ZONED", "SOUND"));
        assertThat(reach()).isEqualTo("answered");
        assertThat(OtherFirewalls.dropping(host.commands(), NET)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "policy drop; ct state vmap { established : accept, related : accept, invalid : drop }; iif lo accept;",
                "policy drop; iifname { \"eth0\", \"SOUNDS\" } accept; tcp dport { 22, 80-443 } accept;",
                "policy accept; ip saddr 10.0.0.0/8 tcp dport 4000-5000 reject;",
                "policy accept; iifname \"SOU*\" drop;",
                "policy accept; iifname != { \"lo\", \"eth0\" } ip protocol tcp counter drop;",
            })
    void aDropIsReportedWithTheCommandThatMendsIt(String rules) {
        load("table inet mine {\nchain in {\ntype filter hook input priority 0; " + rules + "\n}\n}\n");
        assertThat(reach()).isNotEqualTo("answered");

        List<Problem> found = OtherFirewalls.dropping(host.commands(), NET);

        assertThat(found).singleElement().asString().contains("inet mine in");
        host.run(found.get(0).next().replace("run: ", "").replace("\"", "").split(" ", -1));
        assertThat(reach()).isEqualTo("answered");
        assertThat(OtherFirewalls.dropping(host.commands(), NET)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "policy drop; iifname \"SOUND\" accept;",
                "policy drop; meta nfproto ipv4 tcp dport 4713 accept;",
                "policy drop; ct state vmap { new : accept, established : accept };",
                "policy accept; iifname \"eth0\" drop; ip daddr 192.168.1.1 drop; udp dport 4713 drop;",
            })
    void oneThatLetsGuestsInIsNotReported(String rules) {
        load("table inet mine {\nchain in {\ntype filter hook input priority 0; " + rules + "\n}\n}\n");
        assertThat(reach()).isEqualTo("answered");
        assertThat(OtherFirewalls.dropping(host.commands(), NET)).isEmpty();
    }

    @Test
    void theOtherIptablesBesideOursIsSeen() {
        host.run("iptables-legacy", "-P", "INPUT", "DROP");
        assertThat(reach()).isEqualTo("silence");

        List<Problem> found = OtherFirewalls.dropping(host.commands(), NET);

        assertThat(found).singleElement().asString().contains("older iptables");
        host.run(found.get(0).next().replace("run: ", "").split(" ", -1));
        assertThat(reach()).isEqualTo("answered");
        assertThat(OtherFirewalls.dropping(host.commands(), NET)).isEmpty();
    }

    private static String firewalld() {
        try (InputStream in = OtherFirewallsIT.class.getResourceAsStream("firewalld.nft")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void load(String ruleset) {
        host.commands().run(new Command(List.of("nft", "-f", "-"), ruleset));
    }

    private String reach() {
        return Wire.play(alice, "reach", "10.47.13.1", "4713", "0.7");
    }
}
