package org.virtsound.plugin.control;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.virtsound.audio.relay.RelayStatus;
import org.virtsound.net.SoundNetwork;
import org.virtsound.plugin.provision.GuestView;
import org.virtsound.plugin.provision.Reconciler;

/** The resources there are. */
@Singleton
final class Api {
    private static final int STATUS_WITHIN_MS = 1_000;

    private final Reconciler reconciler;
    private final LocalResources locals;
    private final SoundNetwork network;

    @Inject
    Api(Reconciler reconciler, LocalResources locals, SoundNetwork network) {
        this.reconciler = reconciler;
        this.locals = locals;
        this.network = network;
    }

    CompletableFuture<Answer> answer(Request request) {
        List<String> path = request.path();
        String resource = path.isEmpty() ? "" : path.get(0);
        if (resource.equals("local")) {
            return locals.answer(request);
        }
        if (!request.method().equals("GET")) {
            return done(Answer.error(405, request.method() + " is not for /" + String.join("/", path)));
        }
        return switch (resource) {
            case "" ->
                done(Answer.json(Map.of(
                        "resources",
                        List.of("/domains", "/domains/NAME", "/local", "/local/NAME", "/network", "/events"))));
            case "domains" -> path.size() == 1 ? domains() : domain(path.get(1));
            case "network" -> done(Answer.json(NetworkJson.of(network, reconciler.guests())));
            default -> done(Answer.error(404, "no resource /" + String.join("/", path) + "; GET / lists them"));
        };
    }

    private CompletableFuture<Answer> domains() {
        List<CompletableFuture<Map<String, Object>>> all = served().map(
                        guest -> status(guest).thenApply(status -> DomainJson.line(guest, status)))
                .toList();
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                .thenApply(nothing -> Answer.json(Map.of(
                        "domains", all.stream().map(CompletableFuture::join).toList())));
    }

    private CompletableFuture<Answer> domain(String reference) {
        Optional<GuestView> found =
                served().filter(guest -> DomainJson.isMeant(guest, reference)).findFirst();
        if (found.isEmpty()) {
            return done(Answer.error(
                    404,
                    "no domain " + reference + " with sound is running; to give it some: virt-sound enable "
                            + reference));
        }
        GuestView guest = found.get();
        return status(guest).thenApply(status -> Answer.json(DomainJson.whole(guest, status)));
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
