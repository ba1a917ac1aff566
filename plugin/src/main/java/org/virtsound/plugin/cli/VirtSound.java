package org.virtsound.plugin.cli;

import org.virtsound.plugin.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code virt-sound}: the command's root. */
@Command(
        name = "virt-sound",
        description = "Sound for libvirt guests.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:wrong usage", "3:the daemon is not running", "77:needs root"},
        subcommands = {ListCommand.class, ShowCommand.class, NetCommand.class, LocalCommand.class})
public final class VirtSound {
    private VirtSound() {}

    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        CommandLine command = commandLine();
        int code = command.execute(args);
        command.getOut().flush();
        return code;
    }

    /** The command with all its subcommands; the manual and the completion are made from it. */
    public static CommandLine commandLine() {
        return new CommandLine(new VirtSound())
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + e.getMessage());
                    return e instanceof Failure failure ? failure.exitCode() : ExitCode.FAILED;
                })
                .setUnmatchedOptionsArePositionalParams(false);
    }
}
