package org.virtsound.plugin.control;

import com.typesafe.config.ConfigValueFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.virtsound.plugin.config.LocalEndpoint;
import org.virtsound.plugin.config.LocalFiles;
import org.virtsound.plugin.domain.Domain;
import org.virtsound.plugin.domain.Transport;
import org.virtsound.plugin.local.LocalEndpoints;
import org.virtsound.plugin.local.LocalGuest;
import org.virtsound.plugin.provision.GuestView;

/** {@code /local} and {@code /local/NAME}: GET reads, PUT opens and writes down, DELETE closes and forgets. */
final class LocalResources {
    private static final int NO_ID = -1;
    private static final String HYPERVISOR = "local";

    private final LocalEndpoints locals;

    LocalResources(LocalEndpoints locals) {
        this.locals = locals;
    }

    CompletableFuture<Answer> answer(Request request) {
        List<String> path = request.path();
        if (path.size() == 1 && request.method().equals("GET")) {
            return done(Answer.json(Map.of(
                    "endpoints",
                    locals.guests().stream().map(LocalResources::json).toList())));
        }
        if (path.size() != 2) {
            return done(Answer.error(405, request.method() + " is not for /" + String.join("/", path)));
        }
        String name = path.get(1);
        return switch (request.method()) {
            case "GET" -> done(find(name).map(guest -> Answer.json(json(guest))).orElseGet(() -> unknown(name)));
            case "PUT" -> add(name, request);
            case "DELETE" ->
                locals.remove(name)
                        .thenApply(was -> was ? Answer.json(Map.of("removed", name)) : unknown(name))
                        .exceptionally(Answer::of);
            default -> done(Answer.error(405, request.method() + " is not for /local/" + name));
        };
    }

    /** The endpoints as guests, for the list and for {@code /domains/local%2FNAME}. */
    Stream<GuestView> guests() {
        return locals.guests().stream().map(LocalResources::view);
    }

    /** What its user's side is to be told. */
    Answer guestSide(String name) {
        return find(name)
                .map(guest -> guest.problem() == null
                        ? Answer.json(GuestSideJson.of(guest))
                        : Answer.error(
                                409, guest.endpoint().identity().name() + " is not in service: " + guest.problem()))
                .orElseGet(() -> unknown(name));
    }

    private Optional<LocalGuest> find(String name) {
        return locals.guests().stream()
                .filter(guest -> guest.endpoint().name().equals(name))
                .findFirst();
    }

    private CompletableFuture<Answer> add(String name, Request request) {
        try {
            LocalEndpoint endpoint = LocalFiles.parse(
                    name, ConfigValueFactory.fromMap(request.body()).toConfig());
            return locals.add(endpoint)
                    .thenApply(guest -> {
                        if (request.body().get("mic") instanceof String policy) {
                            DomainChanges.audit(endpoint.identity().name(), policy, request);
                        }
                        return Answer.json(json(guest));
                    })
                    .exceptionally(Answer::of);
        } catch (IllegalArgumentException e) {
            return done(Answer.of(e));
        }
    }

    private static Map<String, Object> json(LocalGuest guest) {
        Map<String, Object> json = new LinkedHashMap<>(LocalFiles.values(guest.endpoint()));
        json.put("name", guest.endpoint().name());
        json.put("server", guest.server());
        json.put("problem", guest.problem());
        return json;
    }

    private static GuestView view(LocalGuest guest) {
        var identity = guest.endpoint().identity();
        Domain domain = new Domain(
                identity.uuid(),
                identity.name(),
                identity.title(),
                NO_ID,
                "local",
                List.of(),
                null,
                false,
                List.of(),
                null,
                null,
                null);
        return new GuestView(
                domain,
                HYPERVISOR,
                guest.endpoint().door() instanceof LocalEndpoint.Tcp ? Transport.NETWORK : Transport.SOCKET,
                null,
                guest.server(),
                null,
                guest.relay(),
                guest.problem() == null ? List.of() : List.of(guest.problem()));
    }

    static Answer unknown(String name) {
        return Answer.error(404, LocalEndpoints.noSuch(name));
    }

    private static CompletableFuture<Answer> done(Answer answer) {
        return CompletableFuture.completedFuture(answer);
    }
}
