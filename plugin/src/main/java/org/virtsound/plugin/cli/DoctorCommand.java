package org.virtsound.plugin.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.virtsound.net.NetworkReport;
import org.virtsound.plugin.config.LocalEndpoint;
import org.virtsound.plugin.control.Json;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Gathers what the chains are judged by, and shows them. */
@Command(
        name = "doctor",
        description = {
            "Walks the chain from libvirt to the card link by link, and names the first that is broken, with the command that"
                    + " mends it.",
            "With a domain, one that merely carries no sound counts as broken, too."
        },
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private ServiceOptions service = new ServiceOptions();

    @Parameters(
            arity = "0..1",
            paramLabel = "DOMAIN",
            description = "Its name, UUID or id; otherwise all that have sound.")
    private @Nullable String domain;

    @Option(names = "--json", description = "For programs.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final Map<String, List<Link>> chains = new LinkedHashMap<>();
    private @Nullable ControlClient control;

    @Override
    public Integer call() throws Failure {
        List<Link> host = new ArrayList<>();
        chains.put("", host);
        boolean hasDaemon = false;
        try {
            service.config();
            control = service.control();
            Fields libvirt = ask("/libvirt");
            hasDaemon = true;
            host.add(Link.ok("daemon", "virtsoundd answers"));
            host.addAll(HostChain.libvirt(libvirt));
        } catch (Failure e) {
            host.add(Link.broken(
                    e.exitCode() == ExitCode.USAGE ? "configuration" : "daemon",
                    String.valueOf(e.getMessage()),
                    e.exitCode() == ExitCode.USAGE
                            ? "a file as virt-sound.conf(5) describes it"
                            : "virtsoundd, running and answering",
                    e.exitCode() == ExitCode.USAGE
                            ? "mend the line, then: sudo systemctl restart virtsoundd"
                            : e.exitCode() == ExitCode.NEEDS_ROOT
                                    ? "sudo virt-sound doctor"
                                    : "sudo systemctl restart virtsoundd; its log: journalctl -u virtsoundd"));
        }
        NetworkReport report = network(host);
        if (hasDaemon) {
            Fields sound = ask("/host");
            host.add(HostChain.hostServer(sound));
            host.addAll(HostChain.cards(sound));
            guests(report);
        }
        Optional<Found> first = firstBroken();
        spec.commandLine()
                .getOut()
                .print(
                        json
                                ? Json.renderIndented(map(first.orElse(null)))
                                : new DoctorText(CommandLine.Help.Ansi.AUTO.enabled())
                                        .people(chains, first.orElse(null)));
        return first.isPresent() ? ExitCode.FAILED : ExitCode.DONE;
    }

    /** @param guest empty for the host */
    record Found(String guest, Link link) {}

    private Fields ask(String path) throws Failure {
        return new Fields(control == null ? null : control.get(path));
    }

    private @Nullable NetworkReport network(List<Link> host) {
        try {
            NetworkReport report = new LocalNetwork(service).report();
            host.addAll(HostChain.network(report));
            return report;
        } catch (Failure e) {
            if (e.exitCode() != ExitCode.USAGE) {
                host.add(Link.unknown("network", String.valueOf(e.getMessage())));
            }
            return null;
        }
    }

    private void guests(@Nullable NetworkReport report) throws Failure {
        Fields network = ask("/network");
        if (domain != null) {
            chains.put(domain, one(domain, network, report));
            return;
        }
        for (Object one : ask("/domains").list("domains")) {
            Fields line = new Fields(one);
            Fields guest = ask(ControlClient.path("domains", line.text("uuid")));
            chains.put(line.text("name"), new GuestChain(guest, network, report).served());
        }
    }

    private List<Link> one(String domain, Fields network, @Nullable NetworkReport report) throws Failure {
        List<Link> links = new ArrayList<>();
        Fields served = null;
        try {
            served = ask(ControlClient.path("domains", domain));
        } catch (Failure e) {
            if (e.exitCode() != ExitCode.FAILED) {
                throw e;
            }
            if (domain.startsWith(LocalEndpoint.PREFIX)) {
                return List.of(Link.broken(
                        "endpoint",
                        String.valueOf(e.getMessage()),
                        "an endpoint for users or a container of this machine",
                        "virt-sound local list; to make one: virt-sound local add"));
            }
        }
        if (served == null || !served.text("type").equals("local")) {
            try {
                links.addAll(
                        GuestChain.domain(ask(ControlClient.path("libvirt", domain)), served, network.text("bridge")));
            } catch (Failure e) {
                links.add(Link.broken(
                        "domain", String.valueOf(e.getMessage()), "a domain that libvirt knows", "virsh list --all"));
            }
        }
        if (served != null) {
            links.addAll(new GuestChain(served, network, report).served());
        }
        return links;
    }

    private Optional<Found> firstBroken() {
        for (Map.Entry<String, List<Link>> chain : chains.entrySet()) {
            for (Link link : chain.getValue()) {
                boolean isAskedAfter = link.state() == Link.State.IDLE && domain != null;
                if (link.state() == Link.State.BROKEN || isAskedAfter) {
                    return Optional.of(new Found(chain.getKey(), link));
                }
            }
        }
        return Optional.empty();
    }

    private Map<String, Object> map(@Nullable Found first) {
        Map<String, Object> guests = new LinkedHashMap<>();
        chains.forEach((name, links) -> {
            if (!name.isEmpty()) {
                guests.put(name, links.stream().map(Link::toMap).toList());
            }
        });
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("whole", first == null);
        map.put(
                "host",
                chains.getOrDefault("", List.of()).stream().map(Link::toMap).toList());
        map.put("guests", guests);
        if (first != null) {
            Map<String, Object> broken = new LinkedHashMap<>(first.link().toMap());
            broken.put("guest", first.guest().isEmpty() ? null : first.guest());
            map.put("firstBroken", broken);
        }
        return map;
    }
}
