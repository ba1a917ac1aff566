package org.virtsound.net;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The filter table of one IP version, as {@code iptables-save -c} prints it.
 *
 * @param chains rules by chain, in order
 * @param policies what happens at the end of a built-in chain
 * @param isNft whether the table is one of nftables'
 * @param trouble why it could not be read; empty where it could
 */
record Filter(Map<String, List<Rule>> chains, Map<String, String> policies, boolean isNft, String trouble) {
    private static final Pattern LINE = Pattern.compile("\\[(\\d+):(\\d+)] -A (\\S+) (.*)");
    private static final Pattern MAC = Pattern.compile("--mac-source [0-9A-F:]{17}");

    /**
     * One rule.
     *
     * @param text the rule after its chain's name, in the tool's own words
     */
    record Rule(String text, long packets, long bytes) {}

    static Filter unreadable(String trouble) {
        return new Filter(Map.of(), Map.of(), false, trouble);
    }

    static Filter parse(String save) {
        Map<String, List<Rule>> chains = new LinkedHashMap<>();
        Map<String, String> policies = new LinkedHashMap<>();
        boolean inFilter = false;
        for (String line : save.lines().toList()) {
            Matcher rule = LINE.matcher(line);
            if (line.startsWith("*")) {
                inFilter = line.equals("*filter");
            } else if (inFilter && line.startsWith(":")) {
                String[] words = line.substring(1).split(" ", -1);
                chains.put(words[0], new ArrayList<>());
                policies.put(words[0], words[1]);
            } else if (inFilter && rule.matches()) {
                chains.computeIfAbsent(rule.group(3), chain -> new ArrayList<>())
                        .add(new Rule(
                                lowerMac(rule.group(4)), Long.parseLong(rule.group(1)), Long.parseLong(rule.group(2))));
            }
        }
        return new Filter(chains, policies, save.contains("(nf_tables)"), "");
    }

    boolean isReadable() {
        return trouble.isEmpty();
    }

    List<String> rules(String chain) {
        return chains.getOrDefault(chain, List.of()).stream().map(Rule::text).toList();
    }

    boolean isBuiltIn(String chain) {
        return !policies.getOrDefault(chain, "-").equals("-");
    }

    boolean has(String chain) {
        return chains.containsKey(chain);
    }

    /** Older iptables print MAC addresses in capitals. */
    private static String lowerMac(String rule) {
        return MAC.matcher(rule).replaceAll(found -> found.group().toLowerCase(Locale.ROOT));
    }
}
