package org.virtsound.net;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What nftables' chains on the input hook do with a guest's first packet to the sound server. Each base chain judges for
 * itself: an accept in ours does not outweigh a drop in another's. A match that is not understood is taken not to fit,
 * so what is reported is a drop that nothing plainly exempts the bridge from.
 */
final class NftInput {
    private final SoundNetwork network;
    private final Map<String, List<Map<String, Object>>> rules = new HashMap<>();
    private final List<Map<String, Object>> bases = new ArrayList<>();

    private enum Verdict {
        GO_ON,
        RETURN,
        ACCEPT,
        DROP
    }

    /** A base chain that drops guests. */
    record Drop(String family, String table, String chain) {}

    private NftInput(SoundNetwork network, String json) {
        this.network = network;
        for (Map<String, Object> entry : Json.objects(Json.object(json), "nftables")) {
            Map<String, Object> chain = Json.object(entry, "chain");
            Map<String, Object> rule = Json.object(entry, "rule");
            if (Json.text(chain, "hook").equals("input")
                    && List.of("ip", "inet").contains(Json.text(chain, "family"))) {
                bases.add(chain);
            }
            if (!rule.isEmpty()) {
                rules.computeIfAbsent(key(rule, Json.text(rule, "chain")), key -> new ArrayList<>())
                        .add(rule);
            }
        }
    }

    /** Reads {@code nft -j list ruleset}; the chain that jumps to ours is left out. */
    static List<Drop> drops(SoundNetwork network, String json) {
        NftInput input = new NftInput(network, json);
        return input.bases.stream()
                .filter(input::dropsGuests)
                .map(chain -> new Drop(Json.text(chain, "family"), Json.text(chain, "table"), Json.text(chain, "name")))
                .toList();
    }

    private boolean dropsGuests(Map<String, Object> base) {
        String key = key(base, Json.text(base, "name"));
        boolean isOurs = rules.getOrDefault(key, List.of()).stream()
                .flatMap(rule -> Json.objects(rule, "expr").stream())
                .anyMatch(expr -> Json.text(Json.object(expr, "jump"), "target").equals(Firewall.INPUT));
        if (isOurs) {
            return false;
        }
        Verdict verdict = walk(base, Json.text(base, "name"), 0);
        return verdict == Verdict.DROP
                || (verdict != Verdict.ACCEPT && Json.text(base, "policy").equals("drop"));
    }

    private Verdict walk(Map<String, Object> where, String chain, int depth) {
        for (Map<String, Object> rule : rules.getOrDefault(key(where, chain), List.of())) {
            Verdict verdict = depth > 16 ? Verdict.GO_ON : judge(rule, depth);
            if (verdict != Verdict.GO_ON) {
                return verdict;
            }
        }
        return Verdict.RETURN;
    }

    private Verdict judge(Map<String, Object> rule, int depth) {
        for (Map<String, Object> expr : Json.objects(rule, "expr")) {
            Verdict verdict = Verdict.GO_ON;
            if (expr.containsKey("match")) {
                if (!fits(Json.object(expr, "match"))) {
                    return Verdict.GO_ON;
                }
            } else if (expr.containsKey("vmap")) {
                verdict = mapped(rule, Json.object(expr, "vmap"), depth);
            } else if (List.of("xt", "limit", "lookup").stream().anyMatch(expr::containsKey)) {
                return Verdict.GO_ON;
            } else {
                verdict = verdict(rule, expr, depth);
            }
            if (verdict != Verdict.GO_ON) {
                return verdict;
            }
        }
        return Verdict.GO_ON;
    }

    private Verdict verdict(Map<String, Object> rule, Map<String, Object> expr, int depth) {
        if (expr.containsKey("accept")) {
            return Verdict.ACCEPT;
        }
        if (expr.containsKey("drop") || expr.containsKey("reject")) {
            return Verdict.DROP;
        }
        if (expr.containsKey("return")) {
            return Verdict.RETURN;
        }
        if (expr.containsKey("jump")) {
            Verdict inner = walk(rule, Json.text(Json.object(expr, "jump"), "target"), depth + 1);
            return inner == Verdict.RETURN ? Verdict.GO_ON : inner;
        }
        return expr.containsKey("goto")
                ? walk(rule, Json.text(Json.object(expr, "goto"), "target"), depth + 1)
                : Verdict.GO_ON;
    }

    private Verdict mapped(Map<String, Object> rule, Map<String, Object> vmap, int depth) {
        Predicate<Object> packet = packet(Json.object(vmap, "key"));
        for (Object pair : Json.list(Json.object(vmap, "data"), "set")) {
            if (pair instanceof List<?> two && two.size() == 2 && packet != null && packet.test(two.get(0))) {
                return verdict(rule, Json.object(Map.of("verdict", two.get(1)), "verdict"), depth);
            }
        }
        return Verdict.GO_ON;
    }

    private boolean fits(Map<String, Object> match) {
        Predicate<Object> packet = packet(Json.object(match, "left"));
        Object right = match.get("right");
        if (right == null || packet == null) {
            return false;
        }
        return Json.text(match, "op").equals("!=") != any(right, packet);
    }

    /** What of the packet a match looks at, as a test for the values it is compared with; null: not understood. */
    private @Nullable Predicate<Object> packet(Map<String, Object> left) {
        String meta = Json.text(Json.object(left, "meta"), "key");
        String protocol = Json.text(Json.object(left, "payload"), "protocol");
        String field = Json.text(Json.object(left, "payload"), "field");
        return switch (meta + protocol + " " + field + Json.text(Json.object(left, "ct"), "key")) {
            case "iifname ", "iif " -> this::isBridge;
            case "l4proto ", "ip protocol" -> value -> value.equals("tcp") || value.equals(6);
            case "nfproto " -> value -> value.equals("ipv4");
            case "tcp dport", "th dport" -> this::isPort;
            case "ip daddr" -> value -> isAddress(value, network.subnet().host().getHostAddress());
            case "ip saddr" ->
                value -> isAddress(value, network.subnet().network().getHostAddress());
            case " state" -> value -> value.equals("new");
            default -> null;
        };
    }

    private static boolean any(Object right, Predicate<Object> packet) {
        if (right instanceof Map<?, ?> map && map.get("set") instanceof List<?> set) {
            return set.stream().anyMatch(one -> one != null && packet.test(one));
        }
        return right instanceof List<?> list
                ? list.stream().anyMatch(one -> one != null && packet.test(one))
                : packet.test(right);
    }

    private boolean isBridge(Object value) {
        String name = value.toString();
        return name.endsWith("*")
                ? network.bridge().startsWith(name.substring(0, name.length() - 1))
                : network.bridge().equals(name);
    }

    private boolean isPort(Object value) {
        if (value instanceof Map<?, ?> map && map.get("range") instanceof List<?> range && range.size() == 2) {
            return range.get(0) instanceof Number from
                    && range.get(1) instanceof Number to
                    && from.intValue() <= network.port()
                    && network.port() <= to.intValue();
        }
        return value instanceof Number port && port.intValue() == network.port();
    }

    private boolean isAddress(Object value, String address) {
        if (value instanceof Map<?, ?> map && map.get("prefix") instanceof Map<?, ?> prefix) {
            return new NetworkState.Route(prefix.get("addr") + "/" + prefix.get("len"), "").overlaps(network.subnet());
        }
        return value.equals(address);
    }

    private static String key(Map<String, Object> where, String chain) {
        return Json.text(where, "family") + " " + Json.text(where, "table") + " " + chain;
    }
}
