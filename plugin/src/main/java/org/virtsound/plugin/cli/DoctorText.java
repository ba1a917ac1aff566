package org.virtsound.plugin.cli;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The chains for people: a line a link, and below the first broken one what it should be and what to do. */
final class DoctorText {
    private static final String RED = "\u001b[31m";
    private static final String PLAIN = "\u001b[0m";

    private final boolean colours;

    DoctorText(boolean colours) {
        this.colours = colours;
    }

    /** @param chains by the guest's name, the host's under the empty one */
    String people(Map<String, List<Link>> chains, DoctorCommand.@Nullable Found first) {
        StringBuilder text = new StringBuilder();
        chains.forEach((guest, links) -> {
            text.append(guest.isEmpty() ? "host" : guest).append('\n');
            links.forEach(link -> text.append(line(link)));
        });
        if (first == null) {
            return text.append("\nno link is broken\n").toString();
        }
        Link link = first.link();
        return text.append("\nfirst broken link: ")
                .append(first.guest().isEmpty() ? "" : first.guest() + "'s ")
                .append(link.name())
                .append("\n  found:       ")
                .append(link.found())
                .append("\n  expected:    ")
                .append(link.expected())
                .append("\n  to mend it:  ")
                .append(link.next())
                .append('\n')
                .toString();
    }

    private String line(Link link) {
        String word = switch (link.state()) {
            case OK -> "ok";
            case BROKEN -> "BROKEN";
            case IDLE -> "idle";
            case UNKNOWN -> "unknown";
        };
        boolean red = colours && link.state() == Link.State.BROKEN;
        return String.format("  %s%-8s%s%-16s %s%n", red ? RED : "", word, red ? PLAIN : "", link.name(), link.found());
    }
}
