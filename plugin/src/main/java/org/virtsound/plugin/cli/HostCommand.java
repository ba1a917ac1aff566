package org.virtsound.plugin.cli;

import java.io.PrintWriter;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.virtsound.plugin.control.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "host",
        description = "Where guests are heard, and why there.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "[COMMAND]")
final class HostCommand implements Callable<Integer> {
    @Mixin
    private ServiceOptions service = new ServiceOptions();

    @Option(names = "--json", description = "For programs.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Failure {
        Map<String, Object> answer = service.control().get("/host");
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.print(Json.renderIndented(answer));
            return ExitCode.DONE;
        }
        Fields shown = new Fields(answer);
        out.println("host-server: " + shown.text("hostServer"));
        out.println("in use:      " + shown.text("inUse") + ", " + shown.text("why"));
        if (shown.has("problem")) {
            out.println("problem:     " + shown.text("problem"));
        }
        shown.list("sources").forEach(source -> out.println("source:      " + source));
        Table table = new Table("NAME", "HEARD AT");
        Fields guests = shown.in("guests");
        guests.keys().forEach(name -> table.row(name, guests.text(name)));
        out.print(table);
        return ExitCode.DONE;
    }

    @Command(
            name = "use",
            description = "Moves all guests there while they play, until the daemon ends.",
            mixinStandardHelpOptions = true)
    int use(
            @Mixin ServiceOptions options,
            @Parameters(
                            paramLabel = "HOST-SERVER",
                            completionCandidates = Servers.class,
                            description = "As in virt-sound.conf(5): auto, which follows the seat again, unix:PATH,"
                                    + " tcp:HOST:PORT, alsa:PCM, wav:DIR or silence.")
                    String hostServer)
            throws Failure {
        Fields host = new Fields(options.control().put("/host", Map.of("hostServer", hostServer)));
        spec.commandLine().getOut().println("in use: " + host.text("inUse") + ", " + host.text("why"));
        return ExitCode.DONE;
    }

    static final class Servers implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of("auto", "unix:", "tcp:", "alsa:", "wav:", "silence").iterator();
        }
    }
}
