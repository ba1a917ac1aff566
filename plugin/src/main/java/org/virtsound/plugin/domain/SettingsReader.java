package org.virtsound.plugin.domain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.relay.CapturePolicy;
import org.virtsound.audio.relay.GuestPolicy;
import org.w3c.dom.Attr;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;

/**
 * Reads one {@code <audio>} element attribute by attribute: a bad one becomes a {@link SettingProblem} and has its default. The
 * children count with or without the namespace, since {@code virsh metadata --set} writes them without.
 */
final class SettingsReader {
    private static final int MAX_VOLUME_PERCENT = 150;
    private static final Pattern PERCENT = Pattern.compile("([0-9]{1,3})%");
    private static final Pattern MILLISECONDS = Pattern.compile("([0-9]{1,4})ms");
    private static final int MAX_LATENCY_MS = 5000;
    private static final Pattern DEVICE = Pattern.compile("[\\x21-\\x7e]{1,128}");
    private static final Pattern ADDRESS =
            Pattern.compile("((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\\.(?!$)|$)){4}");
    private static final Map<String, Set<String>> KNOWN = Map.of(
            "playback", Set.of("enabled", "sink", "volume", "mute"),
            "capture", Set.of("policy", "source", "volume"),
            "latency", Set.of("target", "max"),
            "source", Set.of("offer"),
            "transport", Set.of("type", "address"));

    private final Map<String, Element> children = new HashMap<>();
    private final List<SettingProblem> problems = new ArrayList<>();

    private SettingsReader() {}

    static boolean isKnown(String element, String attribute) {
        return KNOWN.getOrDefault(element, Set.of()).contains(attribute);
    }

    static SoundSettings read(Element audio) {
        return new SettingsReader().settings(audio);
    }

    private SoundSettings settings(Element audio) {
        if (!"audio".equals(audio.getLocalName())) {
            problems.add(new SettingProblem("element", audio.getNodeName(), "audio"));
            return new SoundSettings(GuestPolicy.DEFAULT, Transport.AUTO, null, false, problems);
        }
        unknownAttributes(audio, Set.of());
        collect(audio);
        Integer target = milliseconds("latency", "target");
        Integer max = milliseconds("latency", "max");
        if (target != null && max != null && max < target) {
            problems.add(new SettingProblem("latency max", max + "ms", "at least the target, " + target + "ms"));
            max = null;
        }
        GuestPolicy policy = new GuestPolicy(
                !Boolean.FALSE.equals(yesNo("playback", "enabled")),
                device("playback", "sink"),
                percent("playback", "volume"),
                yesNo("playback", "mute"),
                orElse(oneOf("capture", "policy", CapturePolicy.values()), CapturePolicy.ASK),
                device("capture", "source"),
                percent("capture", "volume"),
                target,
                max);
        Transport transport = orElse(oneOf("transport", "type", Transport.values()), Transport.AUTO);
        String address = value(
                "transport",
                "address",
                "an IPv4 address",
                text -> ADDRESS.matcher(text).matches() ? text : null);
        return new SoundSettings(policy, transport, address, Boolean.TRUE.equals(yesNo("source", "offer")), problems);
    }

    private void collect(Element audio) {
        for (Node node = audio.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (!(node instanceof Element child)) {
                continue;
            }
            String name = child.getLocalName();
            String namespace = child.getNamespaceURI();
            Set<String> attributes = KNOWN.get(name);
            boolean ours = namespace == null || namespace.equals(SoundSettings.NAMESPACE);
            if (!ours || attributes == null) {
                problems.add(new SettingProblem(
                        "element", child.getNodeName(), "playback, capture, latency, source or transport"));
            } else if (children.putIfAbsent(name, child) != null) {
                problems.add(new SettingProblem("element", child.getNodeName(), "one of it; the first counts"));
            } else {
                unknownAttributes(child, attributes);
            }
        }
    }

    private void unknownAttributes(Element element, Set<String> known) {
        NamedNodeMap attributes = element.getAttributes();
        Set<String> names = new HashSet<>(known);
        for (int i = 0; i < attributes.getLength(); i++) {
            Attr attribute = (Attr) attributes.item(i);
            boolean declaration = attribute.getNodeName().equals("xmlns")
                    || attribute.getNodeName().startsWith("xmlns:");
            if (!declaration && !names.contains(attribute.getNodeName())) {
                problems.add(new SettingProblem(
                        element.getLocalName() + " " + attribute.getNodeName(),
                        attribute.getValue(),
                        known.isEmpty()
                                ? "no attribute here"
                                : "one of "
                                        + String.join(
                                                ", ", known.stream().sorted().toList())));
            }
        }
    }

    private @Nullable Boolean yesNo(String element, String attribute) {
        return value(element, attribute, "yes or no", text -> switch (text) {
            case "yes" -> true;
            case "no" -> false;
            default -> null;
        });
    }

    private @Nullable Integer percent(String element, String attribute) {
        return bounded(element, attribute, PERCENT, 0, MAX_VOLUME_PERCENT, "%");
    }

    private @Nullable Integer milliseconds(String element, String attribute) {
        return bounded(element, attribute, MILLISECONDS, 1, MAX_LATENCY_MS, "ms");
    }

    private @Nullable Integer bounded(
            String element, String attribute, Pattern pattern, int min, int max, String unit) {
        return value(element, attribute, min + unit + " to " + max + unit, text -> {
            Matcher matcher = pattern.matcher(text);
            if (!matcher.matches()) {
                return null;
            }
            int number = Integer.parseInt(matcher.group(1));
            return number < min || number > max ? null : number;
        });
    }

    private @Nullable String device(String element, String attribute) {
        return value(
                element,
                attribute,
                "a name of 1 to 128 visible characters",
                text -> DEVICE.matcher(text).matches() ? text : null);
    }

    private <E extends Enum<E>> @Nullable E oneOf(String element, String attribute, E[] all) {
        List<String> names =
                Arrays.stream(all).map(e -> e.name().toLowerCase(Locale.ROOT)).toList();
        return value(element, attribute, String.join(" | ", names), text -> {
            int index = names.indexOf(text);
            return index < 0 ? null : all[index];
        });
    }

    private <T> @Nullable T value(
            String element, String attribute, String expected, Function<String, @Nullable T> parser) {
        Element child = children.get(element);
        Attr found = child == null ? null : child.getAttributeNode(attribute);
        if (found == null) {
            return null;
        }
        T value = parser.apply(found.getValue());
        if (value == null) {
            problems.add(new SettingProblem(element + " " + attribute, found.getValue(), expected));
        }
        return value;
    }

    private static <T> T orElse(@Nullable T value, T defaultValue) {
        return value == null ? defaultValue : value;
    }
}
