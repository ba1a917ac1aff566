package org.virtsound.plugin.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.virtsound.plugin.control.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "watch", description = "Prints what happens, as it happens.", mixinStandardHelpOptions = true)
final class WatchCommand implements Callable<Integer> {
    private static final String DATA = "data: ";

    @Mixin
    private ServiceOptions service = new ServiceOptions();

    @Option(names = "--json", description = "For programs: one object a line.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Failure {
        PrintWriter out = spec.commandLine().getOut();
        service.control().stream("GET", "/events", "", line -> {
            if (line.startsWith(DATA)) {
                out.println(json ? line.substring(DATA.length()) : text(line.substring(DATA.length())));
                out.flush();
            }
            return !System.out.checkError();
        });
        if (System.out.checkError()) {
            return ExitCode.DONE; // as in "watch | head -1"
        }
        throw new Failure(ExitCode.NO_DAEMON, "the daemon ended");
    }

    private static String text(String data) {
        Fields event = new Fields(Json.parse(data));
        return event.text("time") + " " + (event.has("domain") ? event.text("domain") + ": " : "") + event.text("text");
    }
}
