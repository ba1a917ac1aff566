package org.virtsound.plugin.manual;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** A completion for bash: subcommands, options, files, and the domains that the daemon serves. */
final class BashCompletion {
    private static final String HEAD = """
            # Completes virt-sound's commands, options and domains; generated from the command's own model.
            _virt_sound() {
              local word path=virt-sound words= domains= cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
              COMPREPLY=()
              case $prev in --config|--socket) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return;; esac
              for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                case "$path $word" in
            """;
    private static final String TAIL = """
              esac
              # compgen -W expands its words as the shell does: no name may hold what that would run.
              [ -n "$domains" ] && [[ $cur != -* ]] && words="$words $(virt-sound list 2>/dev/null |
                awk -F '  +' 'NR > 1 && $1 ~ /^[A-Za-z0-9._+@\\/-]+$/ {print $1}')"
              mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
            }
            complete -F _virt_sound virt-sound
            """;

    private BashCompletion() {}

    static String of(CommandSpec root) {
        List<CommandSpec> all = withSubcommands(root).toList();
        StringBuilder script = new StringBuilder(HEAD);
        script.append(all.stream()
                .skip(1)
                .map(command -> "\"" + command.qualifiedName() + "\"")
                .collect(Collectors.joining("|", "      ", ") path=\"$path $word\";;\n    esac\n  done\n")));
        script.append("  case $path in\n");
        for (CommandSpec command : all) {
            script.append("    \"").append(command.qualifiedName()).append("\") words=\"");
            script.append(words(command)).append('"');
            script.append(takesDomain(command) ? " domains=1;;\n" : ";;\n");
        }
        return script.append(TAIL).toString();
    }

    private static String words(CommandSpec command) {
        Stream<String> subcommands = visible(command).map(CommandSpec::name);
        Stream<String> options = command.options().stream()
                .filter(option -> !option.hidden())
                .flatMap(option -> Stream.of(option.names()))
                .filter(name -> name.startsWith("--"));
        Stream<String> values = command.positionalParameters().stream().flatMap(BashCompletion::candidates);
        return Stream.of(subcommands, values, options).flatMap(words -> words).collect(Collectors.joining(" "));
    }

    private static Stream<String> candidates(ArgSpec arg) {
        return arg.completionCandidates() == null
                ? Stream.of()
                : StreamSupport.stream(arg.completionCandidates().spliterator(), false);
    }

    private static boolean takesDomain(CommandSpec command) {
        return command.positionalParameters().stream()
                .anyMatch(positional -> positional.paramLabel().contains("DOMAIN"));
    }

    private static Stream<CommandSpec> withSubcommands(CommandSpec command) {
        return Stream.concat(Stream.of(command), visible(command).flatMap(BashCompletion::withSubcommands));
    }

    private static Stream<CommandSpec> visible(CommandSpec command) {
        return command.subcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .filter(sub -> !sub.usageMessage().hidden());
    }
}
