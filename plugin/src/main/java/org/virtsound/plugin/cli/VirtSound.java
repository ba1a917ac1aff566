package org.virtsound.plugin.cli;

import java.lang.reflect.Method;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        exitCodeList = {"0:done", "1:failed", "2:wrong usage", "3:the daemon is not running", "77:needs root"})
public final class VirtSound {
    private VirtSound() {}

    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        CommandLine command = commandLine(args.length > 0 ? args[0] : "");
        int code = command.execute(args);
        command.getOut().flush();
        return code;
    }

    /** The command with all its subcommands; the manual and the completion are made from it. */
    public static CommandLine commandLine() {
        return commandLine("");
    }

    /** With that subcommand alone where there is one of that name: to make them all takes longer than most of them. */
    private static CommandLine commandLine(String name) {
        Map<String, Object> subcommands = subcommands();
        Object one = subcommands.get(name);
        CommandLine root = new CommandLine(new VirtSound());
        (one == null ? subcommands : Map.of(name, one)).forEach(root::addSubcommand);
        return root.setExecutionExceptionHandler((e, command, parsed) -> {
                    command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + e.getMessage());
                    return e instanceof Failure failure ? failure.exitCode() : ExitCode.FAILED;
                })
                .setUnmatchedOptionsArePositionalParams(false);
    }

    /** Name to class or method, in the order of the help. */
    private static Map<String, Object> subcommands() {
        Map<String, Object> subcommands = new LinkedHashMap<>();
        for (Class<?> command : List.of(
                ListCommand.class,
                ShowCommand.class,
                MicCommand.class,
                WatchCommand.class,
                HostCommand.class,
                DoctorCommand.class,
                TopCommand.class,
                NetCommand.class,
                LocalCommand.class,
                GuestConfigCommand.class)) {
            subcommands.put(command.getAnnotation(Command.class).name(), command);
        }
        CommandLine.getCommandMethods(SettingCommands.class, null).stream()
                .sorted(Comparator.comparing(Method::getName))
                .forEach(method -> subcommands.put(method.getName(), method));
        return subcommands;
    }
}
