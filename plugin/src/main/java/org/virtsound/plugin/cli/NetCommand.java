package org.virtsound.plugin.cli;

import java.io.PrintWriter;
import org.virtsound.net.CommandFailure;
import org.virtsound.net.NetworkException;
import org.virtsound.net.NetworkPlan;
import org.virtsound.net.NetworkReport;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The network by itself: each subcommand looks at what is there, and works without the daemon. */
@Command(
        name = "net",
        description = "The SOUND network: bridge, tap, firewall and the guests' ports.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class NetCommand {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** How a change is shown. */
    static final class Output {
        @Option(names = "--dry-run", description = "Print the commands instead of running them.")
        private boolean dryRun;

        @Option(names = "--json", description = "For programs.")
        private boolean json;
    }

    @Command(
            name = "up",
            description = "Makes it what it should be; does nothing where it is.",
            mixinStandardHelpOptions = true)
    int up(@Mixin ServiceOptions service, @Mixin Output output) throws Failure {
        return act(new LocalNetwork(service), LocalNetwork::up, output);
    }

    @Command(
            name = "down",
            description = "Takes away all that virt-sound made, with a wrong configuration, too.",
            mixinStandardHelpOptions = true)
    int down(@Mixin ServiceOptions service, @Mixin Output output) throws Failure {
        String wrong = service.allowWrongConfig();
        if (wrong != null) {
            spec.commandLine()
                    .getErr()
                    .println(
                            "warning: " + wrong + "; what virt-sound made is known by its marks and goes all the same");
        }
        LocalNetwork network = new LocalNetwork(service);
        if (!output.dryRun && network.hasDaemon()) {
            throw new Failure(
                    ExitCode.FAILED,
                    "virtsoundd is running and would make it again; stop it first: systemctl stop virtsoundd");
        }
        if (!output.dryRun) {
            network.endDhcp();
        }
        return act(network, LocalNetwork::down, output);
    }

    @Command(name = "plan", description = "Prints the commands that 'up' would run.", mixinStandardHelpOptions = true)
    int plan(@Mixin ServiceOptions service, @Option(names = "--json", description = "For programs.") boolean json)
            throws Failure {
        return show(new LocalNetwork(service).up(), json);
    }

    @Command(name = "status", description = "What is there, against what should be.", mixinStandardHelpOptions = true)
    int status(@Mixin ServiceOptions service, @Option(names = "--json", description = "For programs.") boolean json)
            throws Failure {
        LocalNetwork local = new LocalNetwork(service);
        NetworkReport report = local.report();
        out(
                json
                        ? ReportText.json(local.network(), report)
                        : new ReportText(CommandLine.Help.Ansi.AUTO.enabled()).people(local.network(), report));
        return report.isWhole() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private interface Planner {
        NetworkPlan plan(LocalNetwork network) throws Failure;
    }

    private int act(LocalNetwork network, Planner planner, Output output) throws Failure {
        NetworkPlan plan = planner.plan(network);
        if (output.dryRun) {
            return show(plan, output.json);
        }
        try {
            plan.apply(network.commands());
        } catch (NetworkException | CommandFailure e) {
            throw new Failure(ExitCode.FAILED, String.valueOf(e.getMessage()));
        }
        PrintWriter out = spec.commandLine().getOut();
        if (output.json) {
            out.print(PlanText.json(plan));
        } else {
            plan.steps().forEach(step -> out.println(step.what()));
        }
        return ExitCode.DONE;
    }

    private void out(String text) {
        spec.commandLine().getOut().print(text);
    }

    private int show(NetworkPlan plan, boolean json) throws Failure {
        if (json) {
            out(PlanText.json(plan));
        } else if (!plan.problems().isEmpty()) {
            throw new Failure(ExitCode.FAILED, String.valueOf(new NetworkException(plan.problems()).getMessage()));
        } else {
            out(plan.shell());
        }
        return plan.problems().isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }
}
