package org.virtsound.plugin.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.virtsound.net.NetworkReport;
import org.virtsound.net.NetworkReport.Check;
import org.virtsound.net.PortTraffic;
import org.virtsound.net.SoundNetwork;
import org.virtsound.plugin.control.Json;

/** What there is of the network against what should be, as text; what is missing is red on a terminal. */
final class ReportText {
    private static final String RED = "\u001b[31m";
    private static final String PLAIN = "\u001b[0m";

    private final boolean colours;

    ReportText(boolean colours) {
        this.colours = colours;
    }

    static String json(SoundNetwork network, NetworkReport report) {
        Map<String, Object> json = new LinkedHashMap<>(report.toMap());
        json.put("bridge", network.bridge());
        json.put("tap", network.tap());
        json.put("subnet", network.subnet().toString());
        json.put("host", network.subnet().host().getHostAddress());
        json.put("port", network.port());
        return Json.renderIndented(json);
    }

    String people(SoundNetwork network, NetworkReport report) {
        StringBuilder text = new StringBuilder(network.subnet() + " on bridge " + network.bridge()
                + "; guests connect to " + network.subnet().host().getHostAddress() + ":" + network.port() + "\n");
        Map<String, List<Check>> groups = report.checks().stream()
                .collect(Collectors.groupingBy(Check::group, LinkedHashMap::new, Collectors.toList()));
        groups.forEach((group, checks) -> {
            List<Check> open = checks.stream().filter(check -> !check.ok()).toList();
            if (open.isEmpty()) {
                text.append("  ok       ").append(group).append('\n');
            }
            open.forEach(check -> bad(
                    text,
                    "missing",
                    group + ": " + check.expected()
                            + (check.found().isEmpty() ? "" : " (found: " + check.found() + ")")));
        });
        for (PortTraffic traffic : report.traffic()) {
            text.append(String.format(
                    "  traffic  port %s: %d packets, %d let in; dropped: %d under a wrong address, %s%n",
                    traffic.port().device(),
                    traffic.received(),
                    traffic.letIn(),
                    traffic.wrongAddress(),
                    traffic.wrongMac() < 0
                            ? "more not counted without nft"
                            : traffic.wrongMac() + " under a wrong MAC address, " + traffic.wrongArp()
                                    + " lies by ARP"));
        }
        report.problems().forEach(problem -> bad(text, "problem", problem.toString()));
        report.otherFirewalls().forEach(problem -> bad(text, "firewall", problem.toString()));
        report.left().forEach(problem -> bad(text, "left out", problem.toString()));
        boolean hasCheckThatFails = report.checks().stream().anyMatch(check -> !check.ok());
        return text.append(report.isWhole() ? "all is as it should be\n" : "")
                .append(hasCheckThatFails ? "to mend it: virt-sound net up\n" : "")
                .toString();
    }

    private void bad(StringBuilder text, String word, String what) {
        text.append(String.format("  %s%-8s%s %s%n", colours ? RED : "", word, colours ? PLAIN : "", what));
    }
}
