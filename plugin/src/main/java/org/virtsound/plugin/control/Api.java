package org.virtsound.plugin.control;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.virtsound.audio.host.HostSound;
import org.virtsound.audio.relay.RelayStatus;
import org.virtsound.net.SoundNetwork;
import org.virtsound.plugin.config.LocalEndpoint;
import org.virtsound.plugin.config.ServiceConfig;
import org.virtsound.plugin.domain.DomainNames;
import org.virtsound.plugin.libvirt.LibvirtWatcher;
import org.virtsound.plugin.local.LocalEndpoints;
import org.virtsound.plugin.provision.GuestView;
import org.virtsound.plugin.provision.Reconciler;
import org.virtsound.plugin.provision.SoundLan;

/** The resources there are. */
public final class Api implements Resources {
    static final List<String> RESOURCES = List.of(
            "GET /domains",
            "GET /domains/NAME",
            "GET /domains/NAME/guest",
            "PUT /domains/NAME/settings",
            "PUT /domains/NAME/enabled",
            "PUT /domains/NAME/mic",
            "GET /streams",
            "GET /mic",
            "GET /local",
            "GET, PUT, DELETE /local/NAME",
            "GET /network",
            "GET /libvirt",
            "GET /libvirt/NAME",
            "GET, PUT /host",
            "GET /metrics",
            "GET /events");
    private static final int STATUS_WITHIN_MS = 1_000;

    private final Reconciler reconciler;
    private final LocalResources locals;
    private final DomainChanges changes;
    private final LibvirtResources libvirt;
    private final HostResource host;
    private final SoundNetwork network;
    private final SoundLan lan;
    private final int maxLatencyMs;

    public Api(
            ServiceConfig config,
            Reconciler reconciler,
            LocalEndpoints locals,
            LibvirtWatcher libvirt,
            HostSound sound,
            SoundNetwork network,
            SoundLan lan) {
        this.reconciler = reconciler;
        this.locals = new LocalResources(locals);
        this.changes = new DomainChanges(reconciler, locals);
        this.libvirt = new LibvirtResources(libvirt, reconciler);
        this.host = new HostResource(sound);
        this.network = network;
        this.lan = lan;
        this.maxLatencyMs = config.audio().latency().maxMs();
    }

    @Override
    public CompletableFuture<Answer> answer(Request request) {
        List<String> path = request.path();
        String resource = path.isEmpty() ? "" : path.get(0);
        if (resource.equals("local")) {
            return locals.answer(request);
        }
        if (resource.equals("domains") && path.size() > 1) {
            return domain(request);
        }
        if (path.equals(List.of("host")) && request.method().equals("PUT")) {
            return host.use(request);
        }
        if (request.method().equals("GET") && resource.equals("libvirt") && path.size() <= 2) {
            return libvirt.read(path);
        }
        if (!request.method().equals("GET") || path.size() > 1) {
            return done(Answer.error(
                    path.size() > 1 ? 404 : 405,
                    request.method() + " /" + String.join("/", path) + ": no such resource; GET / lists them"));
        }
        return switch (resource) {
            case "" -> done(Answer.json(Map.of("resources", RESOURCES)));
            case "domains" -> domains();
            case "streams" -> list("domains", DomainJson::streams);
            case "mic" -> list("guests", DomainJson::micLine);
            case "host" -> statuses().thenCompose(host::read);
            case "metrics" -> metrics();
            case "network" -> done(Answer.json(NetworkJson.of(network, reconciler.guests())));
            default -> done(Answer.error(404, "no resource /" + resource + "; GET / lists them"));
        };
    }

    private CompletableFuture<Answer> list(
            String key, BiFunction<GuestView, Optional<RelayStatus>, Map<String, Object>> line) {
        return statuses().thenApply(all -> Answer.json(Map.of(key, lines(all, line))));
    }

    private static List<Map<String, Object>> lines(
            Map<GuestView, Optional<RelayStatus>> all,
            BiFunction<GuestView, Optional<RelayStatus>, Map<String, Object>> line) {
        List<Map<String, Object>> lines = new ArrayList<>();
        all.forEach((guest, status) -> lines.add(line.apply(guest, status)));
        return lines;
    }

    private CompletableFuture<Answer> domains() {
        return statuses()
                .thenApply(all -> Answer.json(Map.of(
                        "domains",
                        lines(all, DomainJson::line),
                        "withoutSound",
                        reconciler.bystanders().stream()
                                .map(DomainJson::bystander)
                                .toList())));
    }

    private CompletableFuture<Answer> metrics() {
        return statuses()
                .thenApply(all ->
                        new Answer(200, Metrics.CONTENT_TYPE, Metrics.text(all, libvirt.links(), lan.traffic())));
    }

    /** Every guest's state now, in their order. */
    private CompletableFuture<Map<GuestView, Optional<RelayStatus>>> statuses() {
        Map<GuestView, CompletableFuture<Optional<RelayStatus>>> asked = new LinkedHashMap<>();
        served().forEach(guest -> asked.put(guest, status(guest)));
        return CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new))
                .thenApply(nothing -> {
                    Map<GuestView, Optional<RelayStatus>> all = new LinkedHashMap<>();
                    asked.forEach((guest, status) -> all.put(guest, status.join()));
                    return all;
                });
    }

    private CompletableFuture<Answer> domain(Request request) {
        String reference = request.path().get(1);
        List<GuestView> meant = meant(served(), reference);
        if (meant.size() > 1) {
            return done(Answer.error(
                    409,
                    DomainNames.several(
                            reference,
                            meant.stream().map(guest -> guest.domain().names()).toList())));
        }
        Optional<GuestView> found = meant.stream().findFirst();
        String what = request.method() + " "
                + (request.path().size() == 2 ? "" : request.path().get(2));
        return switch (what) {
            case "GET " ->
                found.isPresent()
                        ? status(found.get())
                                .thenApply(status -> Answer.json(DomainJson.whole(found.get(), status, maxLatencyMs)))
                        : done(unknown(reference));
            case "GET guest" -> guestSide(reference);
            case "PUT mic" -> found.isPresent() ? changes.mic(found.get(), request) : done(unknown(reference));
            case "PUT settings" -> changes.settings(reference, request);
            case "PUT enabled" -> changes.enabled(reference, request.body());
            default -> done(Answer.error(405, what.trim() + " is not for a domain; GET / lists what is"));
        };
    }

    /** What the guest's own side is to be told, running or not. */
    private CompletableFuture<Answer> guestSide(String reference) {
        if (reference.startsWith(LocalEndpoint.PREFIX)) {
            return done(locals.guestSide(reference.substring(LocalEndpoint.PREFIX.length())));
        }
        return reconciler
                .side(reference)
                .thenApply(side -> Answer.json(GuestSideJson.of(side, network)))
                .exceptionally(Answer::of);
    }

    static Answer unknown(String reference) {
        if (reference.startsWith(LocalEndpoint.PREFIX)) {
            return LocalResources.unknown(reference.substring(LocalEndpoint.PREFIX.length()));
        }
        return Answer.error(
                404,
                "no domain " + reference + " with sound is running; to start it: virsh start " + reference
                        + "; to give it sound: virt-sound enable " + reference
                        + "; to see what it lacks: virt-sound doctor "
                        + reference);
    }

    /** At most one of each hypervisor. */
    static List<GuestView> meant(Stream<GuestView> guests, String reference) {
        return guests.collect(Collectors.groupingBy(GuestView::hypervisorUri)).values().stream()
                .flatMap(
                        ofOne -> DomainNames.find(ofOne, guest -> guest.domain().names(), reference).stream())
                .toList();
    }

    /** Domains, and endpoints for local users, which are shown as such. */
    private Stream<GuestView> served() {
        return Stream.concat(reconciler.guests().stream(), locals.guests());
    }

    /** Empty where the guest has no relay, or the audio loop is too busy to say. */
    private static CompletableFuture<Optional<RelayStatus>> status(GuestView guest) {
        return guest.relay() == null
                ? CompletableFuture.completedFuture(Optional.empty())
                : guest.relay()
                        .status()
                        .thenApply(Optional::of)
                        .completeOnTimeout(Optional.empty(), STATUS_WITHIN_MS, TimeUnit.MILLISECONDS)
                        .exceptionally(closed -> Optional.empty());
    }

    private static CompletableFuture<Answer> done(Answer answer) {
        return CompletableFuture.completedFuture(answer);
    }
}
