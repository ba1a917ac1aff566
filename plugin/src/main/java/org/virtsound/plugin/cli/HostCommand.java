package org.virtsound.plugin.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.virtsound.plugin.control.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "host", description = "Where guests are heard.", mixinStandardHelpOptions = true)
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
        out.println("host-server: " + new Fields(answer).text("hostServer"));
        Table table = new Table("NAME", "HEARD AT");
        if (answer.get("guests") instanceof Map<?, ?> guests) {
            guests.forEach((name, host) -> table.row(String.valueOf(name), String.valueOf(host)));
        }
        out.print(table);
        return ExitCode.DONE;
    }
}
