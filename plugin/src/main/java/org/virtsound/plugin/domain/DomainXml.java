package org.virtsound.plugin.domain;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * Reads a domain from libvirt's XML. The text comes from libvirt, but users write parts of it: it is bounded, and a document type
 * or an external entity is refused.
 */
public final class DomainXml {
    private static final int MAX_CHARS = 4 << 20;
    private static final Pattern MAC = Pattern.compile("([0-9a-f]{2}:){5}[0-9a-f]{2}");

    private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9_-]+");

    private DomainXml() {}

    /** @throws IllegalArgumentException where it is no domain; the message says what is wrong */
    public static Domain parse(String xml) {
        Element domain = root(xml);
        String id = domain.getAttribute("id");
        Element audio = audio(domain);
        Element metadata = child(domain, "metadata");
        Element state = metadata == null ? null : inNamespace(metadata, SoundSettings.STATE_NAMESPACE);
        return new Domain(
                UUID.fromString(required(domain, "uuid")),
                required(domain, "name"),
                text(domain, "title"),
                id.isEmpty() ? -1 : Integer.parseInt(id),
                domain.getAttribute("type"),
                nics(domain),
                nicModel(domain),
                hasCard(domain),
                mounts(domain),
                audio == null ? null : SettingsReader.read(audio),
                state == null ? null : attribute(state, "address"),
                users(domain));
    }

    /** The user's element, null where there is none. */
    static @Nullable Element audio(Element domain) {
        Element metadata = child(domain, "metadata");
        return metadata == null ? null : inNamespace(metadata, SoundSettings.NAMESPACE);
    }

    static Element root(String xml) {
        if (xml.length() > MAX_CHARS) {
            throw new IllegalArgumentException(
                    "domain XML length: " + xml.length() + " (expected: <= " + MAX_CHARS + ")");
        }
        try {
            return parser().parse(new InputSource(new StringReader(xml))).getDocumentElement();
        } catch (SAXException | IOException e) {
            throw new IllegalArgumentException("domain XML: " + e.getMessage(), e);
        }
    }

    private static List<Domain.Nic> nics(Element domain) {
        List<Domain.Nic> nics = new ArrayList<>();
        for (Element device : children(child(domain, "devices"), "interface")) {
            // A libvirt network with a bridge shows its bridge here as well, once the domain runs.
            String bridge = attributeOf(device, "source", "bridge");
            String mac = attributeOf(device, "mac", "address");
            if (bridge != null
                    && mac != null
                    && MAC.matcher(mac.toLowerCase(Locale.ROOT)).matches()) {
                nics.add(new Domain.Nic(
                        bridge,
                        mac.toLowerCase(Locale.ROOT),
                        attributeOf(device, "target", "dev"),
                        attributeOf(device, "alias", "name")));
            }
        }
        return nics;
    }

    private static @Nullable String nicModel(Element domain) {
        Element devices = child(domain, "devices");
        Element first = devices == null ? null : child(devices, "interface");
        String model = first == null ? null : attributeOf(first, "model", "type");
        return model != null && MODEL.matcher(model).matches() ? model : null;
    }

    private static @Nullable UserMapping users(Element domain) {
        Element idmap = child(domain, "idmap");
        return idmap == null ? null : new UserMapping(ranges(idmap, "uid"), ranges(idmap, "gid"));
    }

    private static List<UserMapping.Range> ranges(Element idmap, String name) {
        return children(idmap, name).stream()
                .map(range ->
                        new UserMapping.Range(number(range, "start"), number(range, "target"), number(range, "count")))
                .toList();
    }

    private static long number(Element range, String name) {
        try {
            return Integer.parseUnsignedInt(range.getAttribute(name)) & 0xFFFF_FFFFL;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "idmap " + range.getNodeName() + " " + name + ": no number of 32 bits", e);
        }
    }

    /** A container that is given no root has the host's. */
    private static List<Path> mounts(Element domain) {
        List<Path> sources = new ArrayList<>();
        boolean hasRoot = false;
        for (Element device : children(child(domain, "devices"), "filesystem")) {
            String source = attributeOf(device, "source", "dir");
            if (source != null) {
                sources.add(Path.of(source).normalize());
            }
            hasRoot |= "/".equals(attributeOf(device, "target", "dir"));
        }
        return hasRoot ? sources : List.of(Path.of("/"));
    }

    private static boolean hasCard(Element domain) {
        Element devices = child(domain, "devices");
        return devices != null && child(devices, "sound") != null;
    }

    private static DocumentBuilder parser() {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
        try {
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setExpandEntityReferences(false);
            factory.setXIncludeAware(false);
            DocumentBuilder builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null); // otherwise errors go to stderr as well
            return builder;
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("the JDK's own XML parser lacks a feature", e);
        }
    }

    private static @Nullable Element inNamespace(Element parent, String namespace) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && namespace.equals(element.getNamespaceURI())) {
                return element;
            }
        }
        return null;
    }

    private static List<Element> children(@Nullable Element parent, String name) {
        List<Element> children = new ArrayList<>();
        for (Node node = parent == null ? null : parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getNodeName().equals(name)) {
                children.add(element);
            }
        }
        return children;
    }

    private static @Nullable Element child(Element parent, String name) {
        List<Element> children = children(parent, name);
        return children.isEmpty() ? null : children.get(0);
    }

    private static @Nullable String text(Element parent, String name) {
        Element child = child(parent, name);
        String text = child == null ? "" : child.getTextContent().trim();
        return text.isEmpty() ? null : text;
    }

    private static String required(Element parent, String name) {
        String text = text(parent, name);
        if (text == null) {
            throw new IllegalArgumentException("domain XML: no <" + name + ">");
        }
        return text;
    }

    private static @Nullable String attributeOf(Element parent, String name, String attribute) {
        Element child = child(parent, name);
        return child == null ? null : attribute(child, attribute);
    }

    private static @Nullable String attribute(Element element, String name) {
        String value = element.getAttribute(name);
        return value.isEmpty() ? null : value;
    }

    /** Text as it stands between tags or quotes of either kind. */
    public static String escaped(String value) {
        StringBuilder text = new StringBuilder();
        value.chars().forEach(c -> {
            if (c == '&' || c == '<' || c == '>' || c == '"' || c == '\'' || c < ' ') {
                text.append("&#").append(c).append(';');
            } else {
                text.append((char) c);
            }
        });
        return text.toString();
    }
}
