package org.virtsound.plugin.domain;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Attr;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;

/**
 * The user's metadata element with some of its settings changed, as text that libvirt takes: without the namespace, which it adds.
 * What is not changed stays, be it right or wrong.
 */
public final class AudioElement {
    private AudioElement() {}

    /** One setting: {@code playback volume} is {@code 80%}; a null value takes it out. */
    public record Setting(
            String element, String attribute, @Nullable String value) {
        /** Element and attribute, as in {@code playback volume}. */
        public String where() {
            return element + " " + attribute;
        }
    }

    /** Whether the domain has the element. */
    public static boolean isIn(String domainXml) {
        return DomainXml.audio(DomainXml.root(domainXml)) != null;
    }

    /**
     * @param settings none: the element as it is, or an empty one
     * @throws IllegalArgumentException where a value cannot be used, with what was expected
     */
    public static String of(String domainXml, List<Setting> settings) {
        Map<String, Map<String, String>> children = read(DomainXml.audio(DomainXml.root(domainXml)));
        for (Setting setting : settings) {
            if (!SettingsReader.isKnown(setting.element(), setting.attribute())) {
                throw new IllegalArgumentException("there is no setting " + setting.where());
            }
            put(children, setting);
        }
        String text = write(children);
        check(text, settings);
        return text;
    }

    /** What these settings come to where there is no domain that has them; what is said wrongly is among the problems. */
    public static SoundSettings settings(List<Setting> settings) {
        Map<String, Map<String, String>> children = new LinkedHashMap<>();
        settings.forEach(setting -> put(children, setting));
        return SettingsReader.read(DomainXml.root(write(children)));
    }

    private static void put(Map<String, Map<String, String>> children, Setting setting) {
        Map<String, String> attributes = children.computeIfAbsent(setting.element(), name -> new TreeMap<>());
        if (setting.value() == null) {
            attributes.remove(setting.attribute());
        } else {
            attributes.put(setting.attribute(), setting.value());
        }
    }

    private static Map<String, Map<String, String>> read(@Nullable Element audio) {
        Map<String, Map<String, String>> children = new LinkedHashMap<>();
        for (Node node = audio == null ? null : audio.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element child) {
                Map<String, String> attributes = new TreeMap<>();
                NamedNodeMap all = child.getAttributes();
                for (int i = 0; i < all.getLength(); i++) {
                    Attr attribute = (Attr) all.item(i);
                    if (!attribute.getNodeName().startsWith("xmlns")) {
                        attributes.put(attribute.getNodeName(), attribute.getValue());
                    }
                }
                children.putIfAbsent(child.getLocalName(), attributes);
            }
        }
        return children;
    }

    private static String write(Map<String, Map<String, String>> children) {
        StringBuilder text = new StringBuilder("<audio>");
        children.forEach((name, attributes) -> {
            if (!attributes.isEmpty()) {
                text.append('<').append(name);
                attributes.forEach((key, value) -> text.append(' ')
                        .append(key)
                        .append("=\"")
                        .append(DomainXml.escaped(value))
                        .append('"'));
                text.append("/>");
            }
        });
        return text.append("</audio>").toString();
    }

    private static void check(String text, List<Setting> settings) {
        for (SettingProblem problem : SettingsReader.read(DomainXml.root(text)).problems()) {
            if (settings.stream().anyMatch(setting -> setting.where().equals(problem.where()))) {
                throw new IllegalArgumentException(problem.toString());
            }
        }
    }
}
