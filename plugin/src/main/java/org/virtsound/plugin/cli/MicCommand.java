package org.virtsound.plugin.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.virtsound.plugin.control.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "mic",
        description = "Who may hear the microphone.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class MicCommand {
    private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,6})([smhd])");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(
            name = "grant",
            description = "Lets a domain hear it; what the guest records turns live in place.",
            mixinStandardHelpOptions = true)
    int grant(
            @Mixin ServiceOptions service,
            @Parameters(paramLabel = "DOMAIN", description = "Its name, UUID or id.") String domain,
            @Option(names = "--for", paramLabel = "TIME", description = "Until then, as in 30m; s, m, h or d.")
                    @Nullable
                    String time)
            throws Failure {
        Map<String, Object> body = new LinkedHashMap<>(Map.of("granted", true));
        if (time != null) {
            body.put("seconds", seconds(time));
        }
        return put(service, domain, body);
    }

    @Command(
            name = "revoke",
            description = "Takes it away; it is silence from the answer on.",
            mixinStandardHelpOptions = true)
    int revoke(
            @Mixin ServiceOptions service,
            @Parameters(paramLabel = "DOMAIN", description = "Its name, UUID or id.") String domain)
            throws Failure {
        return put(service, domain, Map.of("granted", false));
    }

    @Command(name = "list", description = "Who is on air, since when, until when.", mixinStandardHelpOptions = true)
    int list(@Mixin ServiceOptions service, @Option(names = "--json", description = "For programs.") boolean json)
            throws Failure {
        Map<String, Object> answer = service.control().get("/mic");
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.print(Json.renderIndented(answer));
            return ExitCode.DONE;
        }
        Table table = new Table("NAME", "POLICY", "GRANTED", "ON AIR", "SINCE", "UNTIL", "REQUESTS");
        for (Object one : new Fields(answer).list("guests")) {
            Fields guest = new Fields(one);
            table.row(
                    guest.text("name"),
                    guest.text("policy"),
                    guest.is("granted") ? "yes" : "no",
                    guest.is("onAir") ? "ON AIR" : "no",
                    guest.text("since"),
                    guest.text("until"),
                    guest.text("requests"));
        }
        out.print(table);
        return ExitCode.DONE;
    }

    private static int put(ServiceOptions service, String domain, Map<String, Object> body) throws Failure {
        service.control().put(ControlClient.path("domains", domain, "mic"), body);
        return ExitCode.DONE;
    }

    private static long seconds(String time) throws Failure {
        Matcher matcher = DURATION.matcher(time);
        if (!matcher.matches()) {
            throw new Failure(ExitCode.USAGE, "--for " + time + " (expected: a number with s, m, h or d, as in 30m)");
        }
        long unit = switch (matcher.group(2)) {
            case "s" -> 1;
            case "m" -> 60;
            case "h" -> 3_600;
            default -> 86_400;
        };
        return Long.parseLong(matcher.group(1)) * unit;
    }
}
