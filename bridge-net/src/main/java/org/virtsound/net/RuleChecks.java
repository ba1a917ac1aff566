package org.virtsound.net;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.virtsound.net.NetworkReport.Check;

/** The part of a report that is about the firewall, rule by rule. */
final class RuleChecks {
    private RuleChecks() {}

    static List<Check> of(Firewall want, Filter filter, String prefix) {
        List<Check> checks = new ArrayList<>();
        Firewall.JUMPS.forEach((chain, jump) -> {
            List<String> found = filter.rules(chain);
            boolean isFirst = !found.isEmpty() && found.get(0).equals(jump);
            checks.add(new Check(
                    prefix + chain,
                    jump + " (first)",
                    isFirst,
                    isFirst || !found.contains(jump) ? "" : "it comes after others"));
        });
        want.fixed().forEach((chain, fixed) -> {
            List<String> rules = chain.equals(Firewall.PORTS)
                    ? Stream.concat(want.guests().stream().flatMap(List::stream), fixed.stream())
                            .toList()
                    : fixed;
            List<String> found = new ArrayList<>(filter.rules(chain));
            for (String rule : rules) {
                checks.add(new Check(prefix + chain, rule, found.remove(rule), ""));
            }
            found.forEach(rule -> checks.add(new Check(prefix + chain, "no other rule", false, rule)));
        });
        if (filter.isReadable()
                && want.batch(filter).isPresent()
                && checks.stream().allMatch(Check::ok)) {
            checks.add(new Check(prefix + Firewall.PORTS, "is in order", false, "its rules are in another order"));
        }
        return checks;
    }
}
