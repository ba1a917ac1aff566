package org.virtsound.plugin.manual;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtsound.plugin.Main;
import org.virtsound.plugin.cli.VirtSound;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

class ManualTest {
    private static final Path MAN = Path.of("src/dist/share/man");

    @Test
    void helpPageAndCompletionNameTheSameCommandsAndOptions(@TempDir Path dir) throws Exception {
        for (CommandLine root : List.of(VirtSound.commandLine(), new CommandLine(new Wine()))) {
            String page = Manual.page(root, Files.readString(MAN.resolve("virt-sound.1.in")), "1.0");
            Path script = Files.writeString(dir.resolve("completion"), BashCompletion.of(root.getCommandSpec()));
            for (CommandLine command : doing(root)) {
                CommandSpec spec = command.getCommandSpec();
                String help = command.getUsageMessage(CommandLine.Help.Ansi.OFF);
                assertThat(page).contains(".SS " + ManPage.escape(spec.qualifiedName()));
                List<String> offered = complete(script, spec.qualifiedName() + " --");
                for (String option : optionNames(spec)) {
                    assertThat(help).contains(option);
                    assertThat(page).contains(ManPage.escape(option));
                    assertThat(offered).contains(option);
                }
                assertThat(offered).containsExactlyInAnyOrderElementsOf(optionNames(spec));
            }
        }
    }

    @Test
    void completesCommandsAtEachDepth(@TempDir Path dir) throws Exception {
        Path script = Files.writeString(
                dir.resolve("completion"), BashCompletion.of(new CommandLine(new Wine()).getCommandSpec()));

        assertThat(complete(script, "virt-sound ")).contains("pour", "cellar", "--help");
        assertThat(complete(script, "virt-sound po")).containsExactly("pour");
        assertThat(complete(script, "virt-sound cellar ")).contains("open", "shut");
        assertThat(complete(script, "virt-sound cellar open --")).contains("--wide");
    }

    @Test
    void completesDomainsThatTheDaemonLists(@TempDir Path dir) throws Exception {
        Path script = listing(dir, "NAME    STATE", "porter  idle", "stout   playing", "local/x@1.2_+-  ready");

        assertThat(complete(script, "virt-sound pour st")).containsExactly("stout");
        assertThat(complete(script, "virt-sound pour "))
                .contains("porter", "stout", "local/x@1.2_+-", "--cup")
                .doesNotContain("NAME", "idle");
    }

    @Test
    void runsNothingThatADomainIsNamed(@TempDir Path dir) throws Exception {
        Path script = listing(
                dir,
                "NAME                STATE",
                "$(touch${IFS}ran)   playing",
                "`touch${IFS}ran`    playing",
                "big win             ready",
                "stout               idle",
                "desk: started by xl, libvirt does not see it; to give it sound: xl network-attach desk bridge=SOUND");

        List<String> offered = complete(script, "virt-sound pour ");

        assertThat(dir.resolve("ran")).doesNotExist();
        assertThat(offered).containsExactlyInAnyOrder("stout", "--cup", "--help", "--version");
    }

    /** @return the completion, with a virt-sound beside it that lists this */
    private static Path listing(Path dir, String... lines) throws IOException {
        Path list = dir.resolve("virt-sound");
        Files.writeString(list, "#!/bin/sh\ncat <<'END'\n" + String.join("\n", lines) + "\nEND\n");
        assertThat(list.toFile().setExecutable(true)).isTrue();
        return Files.writeString(
                dir.resolve("completion"), BashCompletion.of(new CommandLine(new Wine()).getCommandSpec()));
    }

    @Test
    void aLineThatRoffWouldTakeForItsOwnIsText() {
        assertThat(ManPage.escape(".so /etc/passwd")).isEqualTo("\\&.so /etc/passwd");
        assertThat(ManPage.escape("a\\b --c \"d\"")).isEqualTo("a\\eb \\-\\-c \\(dqd\\(dq");
    }

    @Test
    void theDaemonsPageNamesTheDaemonsOptions() throws IOException {
        String page = Files.readString(MAN.resolve("virtsoundd.8"));
        for (String option : optionNames(new CommandLine(Main.class).getCommandSpec())) {
            assertThat(page).contains(ManPage.escape(option));
        }
    }

    private static List<CommandLine> doing(CommandLine root) {
        return root.getSubcommands().values().stream()
                .filter(sub -> !sub.getCommandSpec().usageMessage().hidden())
                .flatMap(sub -> Stream.concat(
                        sub.getSubcommands().isEmpty() || sub.getCommand() instanceof Callable
                                ? Stream.of(sub)
                                : Stream.of(),
                        doing(sub).stream()))
                .toList();
    }

    private static List<String> optionNames(CommandSpec command) {
        return command.options().stream()
                .filter(option -> !option.hidden())
                .flatMap(option -> Stream.of(option.names()))
                .filter(name -> name.startsWith("--"))
                .toList();
    }

    /** What bash offers for this line; a command virt-sound beside the script answers it. */
    private static List<String> complete(Path script, String line) throws Exception {
        String ask = "PATH=$2:$PATH; . \"$1\"; COMP_WORDS=($3); [[ $3 == *' ' ]] && COMP_WORDS+=('');"
                + " COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _virt_sound; printf '%s\\n' \"${COMPREPLY[@]}\"";
        Process bash = new ProcessBuilder(
                        "bash",
                        "-c",
                        ask,
                        "bash",
                        script.toString(),
                        script.toAbsolutePath().getParent().toString(),
                        line)
                .directory(script.toAbsolutePath().getParent().toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String said = new String(bash.getInputStream().readAllBytes());
        assertThat(bash.waitFor()).isZero();
        return said.lines().filter(word -> !word.isEmpty()).toList();
    }

    @Command(name = "virt-sound", mixinStandardHelpOptions = true, subcommands = Cellar.class)
    static final class Wine {
        @Command(description = "Pours.", mixinStandardHelpOptions = true)
        void pour(@Parameters(paramLabel = "DOMAIN") String domain, @Option(names = "--cup") String cup) {}
    }

    @Command(name = "cellar", description = "Doors.")
    static final class Cellar {
        @Command(description = "Opens.")
        void open(@Option(names = "--wide") boolean wide) {}

        @Command(description = "Shuts.")
        void shut() {}
    }
}
