package org.virtsound.plugin.manual;

import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The commands and their options in the man macros of roff. */
final class ManPage {
    private ManPage() {}

    /** Each subcommand that does something, depth first, in the order of {@code --help}. */
    static String commands(CommandSpec root) {
        StringBuilder page = new StringBuilder();
        append(page, root);
        return page.toString();
    }

    private static void append(StringBuilder page, CommandSpec command) {
        for (CommandLine line : command.subcommands().values()) {
            CommandSpec sub = line.getCommandSpec();
            if (sub.usageMessage().hidden()) {
                continue;
            }
            if (sub.subcommands().isEmpty() || sub.userObject() instanceof Callable) {
                appendOne(page, sub);
            }
            append(page, sub);
        }
    }

    private static void appendOne(StringBuilder page, CommandSpec command) {
        String synopsis = new CommandLine.Help(command, CommandLine.Help.Ansi.OFF).synopsis(0);
        page.append(".SS ").append(escape(oneLine(synopsis))).append('\n');
        page.append(text(command.usageMessage().description()));
        for (PositionalParamSpec positional : command.positionalParameters()) {
            if (!positional.hidden()) {
                item(page, positional.paramLabel(), text(positional.description()));
            }
        }
        for (OptionSpec option : command.options()) {
            if (!option.hidden()) {
                String value = option.arity().max() == 0 ? "" : " " + option.paramLabel();
                item(page, String.join(", ", option.names()) + value, text(option.description()));
            }
        }
    }

    private static void item(StringBuilder page, String term, String description) {
        page.append(".TP\n.B \"").append(escape(term)).append("\"\n").append(description);
    }

    private static String text(String[] lines) {
        String joined = Arrays.stream(lines)
                .map(line -> CommandLine.Help.Ansi.OFF.string(line).replace("%n", "\n"))
                .collect(Collectors.joining("\n"));
        return joined.lines()
                .map(line -> line.isBlank() ? ".PP" : escape(line.strip()))
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }

    /** What roff would read as its own: the backslash, the hyphen that is a minus, a dot or quote at a line's start. */
    static String escape(String text) {
        String escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("\"", "\\(dq");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }
}
