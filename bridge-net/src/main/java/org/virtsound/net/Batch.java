package org.virtsound.net;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Lines for {@code ip} or {@code bridge}: one of them is a command by itself, several go in one {@code -batch}. With {@code -j} each answers by a line. */
final class Batch {
    private final List<String> tool;
    private final List<List<String>> lines = new ArrayList<>();

    /** @param tool and its options */
    Batch(String... tool) {
        this.tool = List.of(tool);
    }

    void add(String... words) {
        lines.add(List.of(words));
    }

    Optional<Command> command() {
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        List<String> argv = new ArrayList<>(tool);
        if (lines.size() == 1) {
            argv.addAll(lines.get(0));
            return Optional.of(new Command(argv, ""));
        }
        argv.addAll(List.of("-batch", "-"));
        StringBuilder stdin = new StringBuilder();
        for (List<String> line : lines) {
            stdin.append(String.join(" ", line.stream().map(Batch::quoted).toList()))
                    .append('\n');
        }
        return Optional.of(new Command(argv, stdin.toString()));
    }

    /** iproute2's batch reader takes double quotes. */
    private static String quoted(String word) {
        return word.contains(" ") ? '"' + word + '"' : word;
    }
}
