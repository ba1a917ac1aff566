package org.virtsound.plugin.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.virtsound.plugin.control.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "list", description = "The domains that have sound.", mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {
    @Mixin
    private ServiceOptions service = new ServiceOptions();

    @Option(names = "--json", description = "For programs.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Failure {
        Map<String, Object> answer = service.control().get("/domains");
        spec.commandLine()
                .getOut()
                .print(
                        json
                                ? Json.renderIndented(answer)
                                : table(new Fields(answer)) + besideLibvirt(new Fields(answer)));
        return ExitCode.DONE;
    }

    private static Table table(Fields answer) {
        Table table = new Table("NAME", "STATE", "TRANSPORT", "ADDRESS", "STREAMS", "PLAYED", "MIC", "PROBLEM");
        for (Object one : answer.list("domains")) {
            Fields domain = new Fields(one);
            Fields mic = domain.in("mic");
            table.row(
                    domain.text("name"),
                    domain.text("state"),
                    domain.text("transport"),
                    domain.text("address"),
                    domain.text("streams"),
                    domain.bytes("playedBytes"),
                    mic.is("onAir") ? "ON AIR" : mic.is("granted") ? "granted" : mic.text("policy"),
                    domain.list("problems").isEmpty()
                            ? ""
                            : String.valueOf(domain.list("problems").get(0)));
        }
        return table;
    }

    /** A line for each domain that virsh does not show. */
    private static String besideLibvirt(Fields answer) {
        StringBuilder lines = new StringBuilder();
        for (Object one : answer.list("domains")) {
            Fields domain = new Fields(one);
            if (domain.text("libvirtUri").equals("xl")) {
                lines.append(domain.text("name")).append(": started by xl, libvirt does not see it\n");
            }
        }
        for (Object one : answer.list("withoutSound")) {
            Fields domain = new Fields(one);
            lines.append(domain.text("name"))
                    .append(": started by xl, libvirt does not see it; to give it sound: ")
                    .append(domain.text("nextStep"))
                    .append('\n');
        }
        return lines.toString();
    }
}
