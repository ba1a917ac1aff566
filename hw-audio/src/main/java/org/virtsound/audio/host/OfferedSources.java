package org.virtsound.audio.host;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.pulse.Answer;
import org.virtsound.audio.pulse.Command;
import org.virtsound.audio.pulse.DeviceInfo;
import org.virtsound.audio.pulse.Direction;
import org.virtsound.audio.pulse.Event;
import org.virtsound.audio.pulse.ModuleCommand;
import org.virtsound.audio.pulse.Opcode;
import org.virtsound.audio.pulse.Query;
import org.virtsound.audio.pulse.Request;
import org.virtsound.audio.pulse.TagReader;
import org.virtsound.audio.stream.ErrorCode;

/**
 * The sources that guests offer, as sources of the host's server: for each a module there that listens to the guest's own server. One
 * that goes, because either server does, is loaded anew. It is taken out by the index that the server gave for it, so that nothing
 * of anybody else's ever is. Owned by the audio loop.
 *
 * <p>Source: native-protocol.md, 7 and 8.
 */
final class OfferedSources {
    private static final Logger LOG = Logger.getLogger(OfferedSources.class.getName());
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(2);
    /** PulseAudio's newer one first; pipewire-pulse has one. */
    private static final List<String> MODULES = List.of("module-tunnel-source-new", "module-tunnel-source");
    /** What a tunnel was sent until it sleeps is read by then. */
    private static final int SLEEPS_AFTER_MS = 200;
    /** Of SUBSCRIBE: sources and modules. */
    private static final int MASK = 0x12;

    private static final int SOURCE_IS_NEW = 0x01;
    private static final int MODULE_IS_GONE = 0x24;
    private static final HostIdentity OURSELVES = new HostIdentity(new UUID(0, 0), "virtsoundd");

    private final PaceClock.Alarm retry;
    private final PaceClock clock;
    private final Map<UUID, Offer> offers = new LinkedHashMap<>();
    private @Nullable PulseBackend backend;
    private @Nullable Link link;
    private @Nullable String problem;

    OfferedSources(PaceClock clock) {
        this.clock = clock;
        this.retry = clock.alarm(now -> proceed());
    }

    /** One guest's. */
    private static final class Offer {
        private final String name;
        private final InetSocketAddress server;
        private int module = Command.NONE;
        /** The host's; there is none while the tunnel has not reached the guest's server. */
        private int source = Command.NONE;
        /** Ends when the server has said what became of it; null while it is not asked. */
        private @Nullable CompletableFuture<Void> loading;

        Offer(String name, InetSocketAddress server) {
            this.name = name;
            this.server = server;
        }

        boolean isThere() {
            return source != Command.NONE;
        }

        String sourceName() {
            return "virt-sound." + name.replaceAll("[^A-Za-z0-9._-]", "_");
        }

        String arguments() {
            String shown = name.replaceAll("[^\\p{L}\\p{N} ._()-]", "_");
            return "server=tcp:" + server.getAddress().getHostAddress() + ":" + server.getPort() + " source_name="
                    + sourceName() + " source_properties=\"device.description='" + shown + "'\"";
        }
    }

    void offer(UUID uuid, String name, InetSocketAddress server) {
        Offer before = offers.get(uuid);
        if (before == null || !before.name.equals(name) || !before.server.equals(server)) {
            withdraw(uuid);
            offers.put(uuid, new Offer(name, server));
            proceed();
        }
    }

    void withdraw(UUID uuid) {
        Offer gone = offers.remove(uuid);
        Link at = link;
        if (gone != null && at != null) {
            var unused = at.unload(gone).thenRun(() -> {
                if (offers.isEmpty() && link == at) {
                    leave();
                }
            });
        }
    }

    /** @param other null where the host has no server that could listen */
    void use(@Nullable PulseBackend other) {
        var unused = leave();
        backend = other;
        proceed();
    }

    /** @return the names of those that the host can listen to now */
    List<String> there() {
        return offers.values().stream()
                .filter(Offer::isThere)
                .map(Offer::sourceName)
                .toList();
    }

    /** @return ends when the host's server is rid of them */
    CompletableFuture<Void> close() {
        backend = null;
        retry.at(PaceClock.NEVER);
        return leave();
    }

    private CompletableFuture<Void> leave() {
        Link leaving = link;
        link = null;
        CompletableFuture<Void> gone = leaving == null ? CompletableFuture.completedFuture(null) : leaving.leave();
        // What is under way for the old ones ends by itself.
        offers.replaceAll((uuid, offer) -> new Offer(offer.name, offer.server));
        return gone;
    }

    private static void forget(Offer offer) {
        offer.module = Command.NONE;
        offer.source = Command.NONE;
        loaded(offer);
    }

    private static void loaded(Offer offer) {
        CompletableFuture<Void> loading = offer.loading;
        offer.loading = null;
        if (loading != null) {
            loading.complete(null);
        }
    }

    private void proceed() {
        PulseBackend to = backend;
        if (to == null || offers.isEmpty()) {
            return;
        }
        Link at = link;
        if (at == null) {
            Link fresh = new Link();
            link = fresh;
            fresh.client = to.connections().join(OURSELVES, fresh);
        } else if (at.up) {
            for (Offer offer : new ArrayList<>(offers.values())) {
                if (offer.module == Command.NONE && offer.loading == null) {
                    at.load(offer);
                }
            }
        }
    }

    private void later() {
        retry.at(clock.nowNs() + RETRY_NS);
    }

    private void refused(Offer offer, ErrorCode error) {
        String reason = "the host's server does not load " + MODULES.get(MODULES.size() - 1) + ": " + error;
        if (!reason.equals(problem)) {
            problem = reason;
            LOG.log(Level.WARNING, "source of " + offer.name + ": " + reason);
        }
        later();
    }

    /** A connection to the host's server, for one life of it. */
    private final class Link implements PulseClient.Listener {
        private @Nullable PulseClient client;
        private boolean up;

        @Override
        public void up() {
            up = true;
            ask(new Query.Subscribe(MASK), in -> {}, error -> {});
            if (link == this) {
                proceed();
            }
        }

        @Override
        public void down(ErrorCode error, String reason) {
            if (link == this) {
                link = null;
                offers.values().forEach(OfferedSources::forget);
                later();
            }
        }

        @Override
        public void changed(Event.Subscribed event) {
            if (link != this) {
                return;
            }
            if (event.event() == SOURCE_IS_NEW) {
                look(new Query.GetDeviceInfo(Direction.RECORD, event.index(), null), this::found, error -> {});
            } else if (event.event() == MODULE_IS_GONE) {
                offers.values().stream()
                        .filter(offer -> offer.module == event.index())
                        .forEach(this::gone);
            }
        }

        private void found(List<DeviceInfo> sources) {
            // pipewire-pulse has sources of no module.
            offers.values().stream()
                    .filter(offer -> offer.module != Command.NONE && !offer.isThere())
                    .forEach(offer -> sources.stream()
                            .filter(source -> source.moduleIndex() == offer.module)
                            .findFirst()
                            .ifPresent(source -> appeared(offer, source.index())));
        }

        private void appeared(Offer offer, int source) {
            offer.source = source;
            LOG.log(Level.INFO, "the host can listen to " + offer.name + " at its source " + offer.sourceName());
        }

        /** Either server ended it; most often the guest has none yet. */
        private void gone(Offer offer) {
            if (offer.isThere()) {
                LOG.log(Level.INFO, "the source " + offer.sourceName() + " is gone; it is looked for every 2 s");
            }
            forget(offer);
            later();
        }

        /** First away with what a daemon that was killed has left there under the same name. */
        void load(Offer offer) {
            offer.loading = new CompletableFuture<>();
            look(
                    new Query.GetDeviceInfo(Direction.RECORD, Command.NONE, offer.sourceName()),
                    found -> {
                        CompletableFuture<?>[] gone = found.stream()
                                .filter(stale -> stale.moduleIndex() != Command.NONE
                                        && offers.values().stream()
                                                .noneMatch(other -> other.module == stale.moduleIndex()))
                                .map(stale -> takeOut(stale.moduleIndex(), stale.index()))
                                .toArray(CompletableFuture[]::new);
                        var unused = CompletableFuture.allOf(gone).thenRun(() -> load(offer, 0));
                    },
                    error -> load(offer, 0));
        }

        private void load(Offer offer, int which) {
            if (!offers.containsValue(offer) || link != this) {
                loaded(offer);
                return;
            }
            ask(
                    new ModuleCommand.Load(MODULES.get(which), offer.arguments()),
                    in -> {
                        offer.module = in.u32();
                        loaded(offer);
                        look(new Query.Plain(Opcode.GET_SOURCE_INFO_LIST), this::found, error -> {});
                    },
                    error -> {
                        if (error == ErrorCode.CONNECTIONTERMINATED) {
                            loaded(offer);
                        } else if (which + 1 < MODULES.size()) {
                            load(offer, which + 1);
                        } else {
                            loaded(offer);
                            refused(offer, error);
                        }
                    });
        }

        CompletableFuture<Void> unload(Offer offer) {
            CompletableFuture<Void> loading = offer.loading;
            if (loading != null) {
                return loading.thenCompose(outcome -> unload(offer));
            }
            return offer.module == Command.NONE
                    ? CompletableFuture.completedFuture(null)
                    : takeOut(offer.module, offer.source);
        }

        /** Asleep first: PulseAudio 16.1 aborts where a sample comes through a tunnel that is being taken out. */
        private CompletableFuture<Void> takeOut(int module, int source) {
            CompletableFuture<Void> gone = new CompletableFuture<>();
            Runnable unload = () ->
                    ask(new ModuleCommand.Unload(module), in -> gone.complete(null), error -> gone.complete(null));
            if (source == Command.NONE) {
                unload.run();
            } else {
                ask(
                        new ModuleCommand.SuspendDevice(Direction.RECORD, source, null, true),
                        in -> clock.loop().schedule(unload, SLEEPS_AFTER_MS, TimeUnit.MILLISECONDS),
                        error -> unload.run());
            }
            return gone;
        }

        /** Takes all out, then hangs up. */
        CompletableFuture<Void> leave() {
            CompletableFuture<?>[] gone =
                    offers.values().stream().map(this::unload).toArray(CompletableFuture[]::new);
            return CompletableFuture.allOf(gone).thenRun(() -> {
                if (client != null) {
                    client.leave(this);
                }
            });
        }

        private void look(Query query, Consumer<List<DeviceInfo>> then, Consumer<ErrorCode> otherwise) {
            PulseClient at = client;
            if (at != null) {
                ask(
                        query,
                        in -> then.accept(Answer.DeviceInfos.decode(Direction.RECORD, in, at.version())
                                .devices()),
                        otherwise);
            }
        }

        private void ask(Request request, Consumer<TagReader> then, Consumer<ErrorCode> otherwise) {
            PulseClient at = client;
            if (at == null) {
                otherwise.accept(ErrorCode.CONNECTIONTERMINATED);
                return;
            }
            at.ask(request, new PulseTags.Waiter() {
                @Override
                public void answered(int mark, TagReader in, int version) {
                    then.accept(in);
                }

                @Override
                public void failed(int mark, ErrorCode error) {
                    otherwise.accept(error);
                }
            });
        }
    }
}
