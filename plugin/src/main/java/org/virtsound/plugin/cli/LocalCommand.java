package org.virtsound.plugin.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.virtsound.plugin.control.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "local",
        description = "Endpoints for users and containers of this machine.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {LocalCommand.Add.class, LocalCommand.ListAll.class, LocalCommand.Remove.class})
final class LocalCommand {
    @Command(
            name = "add",
            description = "Opens an endpoint, in place of one of that name, and keeps it over restarts.",
            mixinStandardHelpOptions = true)
    static final class Add implements Callable<Integer> {
        @Mixin
        private ServiceOptions service = new ServiceOptions();

        @Parameters(paramLabel = "NAME", description = "What it is called, here and in the host's mixer.")
        private String name = "";

        @Option(names = "--user", paramLabel = "USER", description = "The one user who may open its socket.")
        private @Nullable String user;

        @Option(names = "--group", paramLabel = "GROUP", description = "A group whose members may open it.")
        private @Nullable String group;

        @Option(
                names = "--uid",
                paramLabel = "FIRST-LAST",
                description = "The users of a container, as its user mapping has them on this machine.")
        private @Nullable String uids;

        @Option(
                names = "--tcp",
                paramLabel = "ADDRESS:PORT",
                description = "A port on loopback instead of a socket; every user of this machine can use it.")
        private @Nullable String tcp;

        @Option(names = "--allow", paramLabel = "ADDRESS", split = ",", description = "Who may use --tcp.")
        private @Nullable List<String> allow;

        @Option(names = "--mic", paramLabel = "RULE", description = "off, ask (the default) or on.")
        private @Nullable String mic;

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() throws Failure {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("user", user);
            body.put("group", group);
            body.put("uid", uids);
            body.put("tcp", tcp);
            body.put("allow", allow);
            body.put("mic", mic);
            body.values().removeIf(value -> value == null);
            Fields made = new Fields(service.control().put(ControlClient.path("local", name), body));
            PrintWriter out = spec.commandLine().getOut();
            String server = made.text("server");
            out.println("default-server = " + server);
            if (tcp != null) {
                spec.commandLine()
                        .getErr()
                        .println("warning: every user of this machine can use " + server + " as local/" + name);
            } else if (uids != null) {
                String dir = server.substring("unix:".length(), server.lastIndexOf('/'));
                out.println("podman run:     -v " + dir + ":" + dir);
                out.println("docker run:     -v " + dir + ":" + dir);
                out.println("systemd-nspawn: --bind=" + dir);
            }
            return ExitCode.DONE;
        }
    }

    @Command(name = "list", description = "The endpoints there are.", mixinStandardHelpOptions = true)
    static final class ListAll implements Callable<Integer> {
        @Mixin
        private ServiceOptions service = new ServiceOptions();

        @Option(names = "--json", description = "For programs.")
        private boolean json;

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() throws Failure {
            Map<String, Object> answer = service.control().get("/local");
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.print(Json.renderIndented(answer));
                return ExitCode.DONE;
            }
            Table table = new Table("NAME", "FOR", "MIC", "SERVER", "PROBLEM");
            for (Object one : new Fields(answer).list("endpoints")) {
                Fields endpoint = new Fields(one);
                table.row(
                        endpoint.text("name"),
                        who(endpoint),
                        endpoint.text("mic"),
                        endpoint.text("server"),
                        endpoint.text("problem", ""));
            }
            out.print(table);
            return ExitCode.DONE;
        }

        private static String who(Fields endpoint) {
            StringBuilder who = new StringBuilder();
            for (String key : List.of("user", "group", "uid", "allow")) {
                if (endpoint.has(key)) {
                    who.append(who.isEmpty() ? "" : ", ")
                            .append(key)
                            .append(' ')
                            .append(endpoint.text(key));
                }
            }
            return who.toString();
        }
    }

    @Command(name = "remove", description = "Closes an endpoint and forgets it.", mixinStandardHelpOptions = true)
    static final class Remove implements Callable<Integer> {
        @Mixin
        private ServiceOptions service = new ServiceOptions();

        @Parameters(paramLabel = "NAME", description = "As in 'virt-sound local list'.")
        private String name = "";

        @Override
        public Integer call() throws Failure {
            service.control().text("DELETE", ControlClient.path("local", name), "");
            return ExitCode.DONE;
        }
    }

    private LocalCommand() {}
}
