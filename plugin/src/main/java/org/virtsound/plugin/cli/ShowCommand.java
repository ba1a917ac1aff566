package org.virtsound.plugin.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.virtsound.plugin.control.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "show", description = "Everything about one domain's sound.", mixinStandardHelpOptions = true)
final class ShowCommand implements Callable<Integer> {
    @Mixin
    private ServiceOptions service = new ServiceOptions();

    @Parameters(paramLabel = "DOMAIN", description = "Its name, UUID or id.")
    private String domain = "";

    @Option(names = "--json", description = "For programs.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Failure {
        Map<String, Object> answer = service.control().get(ControlClient.path("domains", domain));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.print(Json.renderIndented(answer));
        } else {
            print(out, new Fields(answer));
        }
        return ExitCode.DONE;
    }

    private static void print(PrintWriter out, Fields domain) {
        Fields policy = domain.in("policy");
        Fields mic = domain.in("mic");
        line(
                out,
                "Domain",
                domain.text("name") + ", " + domain.text("uuid") + ", id " + domain.text("id") + ", "
                        + domain.text("libvirtUri"));
        line(out, "State", domain.text("state"));
        line(
                out,
                "Transport",
                domain.text("transport") + ", address " + domain.text("address") + ", device " + domain.text("device")
                        + ", MAC " + domain.text("mac"));
        line(out, "Host", domain.text("host"));
        line(
                out,
                "Playback",
                (policy.is("playback") ? "on" : "off") + ", sink " + policy.text("sink", "default") + ", volume "
                        + percent(policy, "volumePercent") + (policy.is("mute") ? ", muted" : ""));
        line(
                out,
                "Microphone",
                mic(mic) + ", source " + policy.text("source", "default") + ", asked for " + mic.number("requests")
                        + " times without a grant");
        line(out, "Played", domain.bytes("playedBytes") + " by " + domain.text("connections") + " connections");
        line(
                out,
                "Recorded",
                domain.bytes("recordedBytes") + ", silence included; dropped " + domain.bytes("droppedBytes")
                        + " that it did not read in time");
        line(
                out,
                "Refused",
                domain.text("refusedCommands") + " commands, closed " + domain.text("closedConnections")
                        + " connections");
        for (Object one : domain.list("streamList")) {
            Fields stream = new Fields(one);
            line(
                    out,
                    "Stream",
                    stream.text("direction") + " \"" + stream.text("name") + "\", " + stream.text("format") + " "
                            + stream.text("channels") + "ch " + stream.text("rateHz") + " Hz, " + stream.bytes("bytes")
                            + ", "
                            + (stream.number("latencyUs") < 0
                                    ? "latency not measured"
                                    : stream.number("latencyUs") / 1000 + " ms")
                            + ", " + stream.text("underflows") + " underflows" + (stream.is("corked") ? ", paused" : "")
                            + (stream.is("live") ? "" : ", on silence"));
        }
        domain.list("problems").forEach(problem -> line(out, "Problem", String.valueOf(problem)));
    }

    private static String mic(Fields mic) {
        String until = mic.has("until") ? " until " + mic.text("until") : "";
        return "policy " + mic.text("policy") + (mic.is("granted") ? ", granted" + until : ", not granted")
                + (mic.is("onAir") ? ", ON AIR" : "");
    }

    private static String percent(Fields policy, String key) {
        return policy.has(key) ? policy.text(key) + "%" : "as the host remembers it";
    }

    private static void line(PrintWriter out, String key, String value) {
        out.printf("%-11s %s%n", key, value);
    }
}
