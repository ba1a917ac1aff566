package org.virtsound.plugin.control;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.virtsound.plugin.domain.Domain;
import org.virtsound.plugin.libvirt.LibvirtWatcher;
import org.virtsound.plugin.libvirt.LinkStatus;
import org.virtsound.plugin.provision.KnownDomain;
import org.virtsound.plugin.provision.Reconciler;

/** {@code GET /libvirt}: the connections; {@code GET /libvirt/NAME}: what libvirt says of a domain, whether it takes part or not. */
final class LibvirtResources {
    private static final int ANSWER_WITHIN_S = 5;

    private final LibvirtWatcher libvirt;
    private final Reconciler reconciler;

    LibvirtResources(LibvirtWatcher libvirt, Reconciler reconciler) {
        this.libvirt = libvirt;
        this.reconciler = reconciler;
    }

    List<LinkStatus> links() {
        return libvirt.status();
    }

    /** @param path its segments, the first is libvirt */
    CompletableFuture<Answer> read(List<String> path) {
        if (path.size() == 1) {
            return CompletableFuture.completedFuture(Answer.json(Map.of(
                    "connections",
                    libvirt.status().stream().map(LibvirtResources::json).toList())));
        }
        return reconciler
                .look(path.get(1))
                .thenApply(known -> Answer.json(json(known)))
                .exceptionally(Answer::of)
                .completeOnTimeout(
                        Answer.error(409, "libvirt does not answer within " + ANSWER_WITHIN_S + " s"),
                        ANSWER_WITHIN_S,
                        TimeUnit.SECONDS);
    }

    private static Map<String, Object> json(LinkStatus link) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("uris", link.uris());
        json.put("connectedTo", link.connectedTo());
        json.put("problem", link.problem());
        json.put("connects", link.connects());
        json.put("events", link.events());
        return json;
    }

    private static Map<String, Object> json(KnownDomain known) {
        Domain domain = known.domain();
        return Map.of(
                "name", domain.name(),
                "uuid", domain.uuid().toString(),
                "id", domain.id(),
                "libvirtUri", known.hypervisorUri(),
                "running", known.running(),
                "takesPart", known.takesPart());
    }
}
