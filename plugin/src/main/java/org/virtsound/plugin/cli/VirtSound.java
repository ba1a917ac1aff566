package org.virtsound.plugin.cli;

import java.lang.reflect.Method;
import java.util.Comparator;
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
        subcommands = {
            ListCommand.class,
            ShowCommand.class,
            MicCommand.class,
            WatchCommand.class,
            HostCommand.class,
            DoctorCommand.class,
            TopCommand.class,
            NetCommand.class,
            LocalCommand.class,
            GuestConfigCommand.class
        })
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
        CommandLine root = new CommandLine(new VirtSound());
        CommandLine.getCommandMethods(SettingCommands.class, null).stream()
                .sorted(Comparator.comparing(Method::getName))
                .forEach(method -> root.addSubcommand(method.getName(), method));
        return root.setExecutionExceptionHandler((e, command, parsed) -> {
                    command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + e.getMessage());
                    return e instanceof Failure failure ? failure.exitCode() : ExitCode.FAILED;
                })
                .setUnmatchedOptionsArePositionalParams(false);
    }
}
