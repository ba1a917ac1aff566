package org.virtsound.plugin.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.virtsound.net.GuestPort;
import org.virtsound.net.MacAddress;
import org.virtsound.net.PortTraffic;
import org.virtsound.net.Subnet;
import org.virtsound.plugin.domain.Domain;
import org.virtsound.plugin.domain.Transport;
import org.virtsound.plugin.libvirt.LinkStatus;
import org.virtsound.plugin.provision.GuestView;

class MetricsTest {
    private static final Path DASHBOARD = Path.of("src/dist/share/grafana-dashboard.json");
    private static final Pattern NAME = Pattern.compile("\\b(?:virt_sound|process)_[a-z_]+");
    private static final Pattern SAMPLE =
            Pattern.compile("[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*})? -?[0-9.]+");

    @Test
    void theDashboardNamesOnlyMetricsThatThereAreAndAllOfThem() throws Exception {
        Set<String> there = new TreeSet<>();
        Metrics.text(Map.of(), List.of(), List.of())
                .lines()
                .filter(line -> line.startsWith("# TYPE "))
                .forEach(line -> there.add(line.split(" ", -1)[2]));
        Set<String> named = new TreeSet<>();
        Matcher names = NAME.matcher(Files.readString(DASHBOARD));
        while (names.find()) {
            named.add(names.group());
        }

        assertThat(named).isNotEmpty().containsExactlyElementsOf(there);
        Map<String, Object> parsed = Json.parse(Files.readString(DASHBOARD));
        assertThat(parsed).containsKeys("panels", "templating", "schemaVersion");
    }

    @Test
    void dropsAndReconnectsAreCountedByPortAndLink() throws Exception {
        GuestPort port = new GuestPort("vsg2", new MacAddress("00:16:3e:47:13:02"), address("10.47.13.2"));
        Domain domain = new Domain(
                new UUID(0, 1), "win \"10\"", null, 1, "xen", List.of(), null, false, List.of(), null, null, null);
        GuestView guest =
                new GuestView(domain, "xen:///system", Transport.NETWORK, null, "10.47.13.2", port, null, List.of());

        String text = Metrics.text(
                Map.of(guest, Optional.empty()),
                List.of(new LinkStatus(List.of("xen:///system"), "xen:///system", null, 3, 7)),
                List.of(new PortTraffic(port, 9, 4, 2, -1, 3)));

        assertThat(text)
                .contains(
                        "virt_sound_dropped_packets_total{domain=\"win \\\"10\\\"\",uuid=\"" + domain.uuid()
                                + "\",wrong=\"address\"} 2\n",
                        "wrong=\"arp\"} 3\n",
                        "virt_sound_libvirt_reconnects_total{uri=\"xen:///system\"} 2\n",
                        "virt_sound_libvirt_connected{uri=\"xen:///system\"} 1\n")
                .doesNotContain("wrong=\"mac\"");
        assertThat(text.replace("\\\"", "'").lines().filter(line -> !line.startsWith("#")))
                .allMatch(line -> SAMPLE.matcher(line).matches());
    }

    private static Inet4Address address(String text) {
        return Subnet.parseAddress(text);
    }
}
