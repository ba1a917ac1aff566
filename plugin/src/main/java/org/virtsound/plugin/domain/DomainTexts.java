package org.virtsound.plugin.domain;

import java.util.HashMap;
import java.util.Map;

/**
 * The texts of domains that were read, so that each is read once: a look at all domains mostly meets those of the look before, and
 * a parser of XML is the largest part of what it needs. For one thread.
 */
public final class DomainTexts {
    private Map<String, Domain> known = new HashMap<>();
    private Map<String, Domain> knownBefore = Map.of();

    /** A look at all domains begins: what neither it nor the one before meets is forgotten. */
    public void lookBegins() {
        knownBefore = known;
        known = new HashMap<>();
    }

    /** @throws IllegalArgumentException as {@link DomainXml#parse} */
    public Domain domain(String xml) {
        return known.computeIfAbsent(xml, text -> {
            Domain before = knownBefore.get(text);
            return before == null ? DomainXml.parse(text) : before;
        });
    }
}
