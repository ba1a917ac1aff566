package org.virtsound.plugin.qubes;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.guest.QubesEndpoint;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.audio.relay.RelayEvent;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.audio.vchan.SocketTransport;
import org.virtsound.audio.vchan.VchanPeer;
import org.virtsound.audio.vchan.VchanTransport;
import org.virtsound.audio.vchan.VchanUnavailableException;
import org.virtsound.audio.vchan.XenTransport;
import org.virtsound.plugin.config.ServiceConfig;
import org.virtsound.plugin.domain.Domain;
import org.virtsound.plugin.provision.VchanGuests;

/**
 * The guests that come over vchans, and the controls of their microphones. Nothing of Xen is loaded, no thread started and no socket
 * made before the first such guest. Its own state is the reconciler's thread's.
 */
public final class QubesGuests implements VchanGuests, AutoCloseable {
    private static final int STOP_WITHIN_MS = 300;

    private final ServiceConfig config;
    private final AudioLoop loop;
    private final Map<Integer, GuestRelay> admitted = new HashMap<>();
    private final Map<UUID, GuestRelay> relays = new ConcurrentHashMap<>();
    private volatile List<MicControl> controls = List.of();
    private @Nullable QubesEndpoint endpoint;
    private @Nullable EventLoopGroup group;

    public QubesGuests(ServiceConfig config, AudioLoop loop) {
        this.config = config;
        this.loop = loop;
    }

    @Override
    public @Nullable String problem() {
        if (endpoint == null) {
            try {
                endpoint = new QubesEndpoint(loop, transport());
                controls = controls();
            } catch (VchanUnavailableException e) {
                return e.getMessage();
            }
        }
        return null;
    }

    private VchanTransport transport() throws VchanUnavailableException {
        return switch (config.vchan().transport()) {
            case XEN -> XenTransport.load(loop);
            case SOCKET ->
                new SocketTransport(loop, Objects.requireNonNull(config.vchan().socketDir(), "socket-dir is not set"));
        };
    }

    private List<MicControl> controls() {
        ServiceConfig.Qubes qubes = config.qubes();
        List<MicControl> wanted = new ArrayList<>();
        if (qubes.controlSocket() || qubes.qubesdb()) {
            group = new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("qubes", true), EpollIoHandler.newFactory());
            EventLoop thread = group.next();
            if (qubes.controlSocket()) {
                wanted.add(new ControlSockets(
                        thread, qubes.controlDir(), config.control().group()));
            }
            if (qubes.qubesdb()) {
                wanted.add(new QubesDbMics(thread, qubes.qubesdbSocket()));
            }
        }
        if (qubes.dbus()) {
            wanted.add(new DbusMics(null));
        }
        return List.copyOf(wanted);
    }

    @Override
    public void admit(Domain domain, GuestRelay relay) {
        QubesEndpoint open = Objects.requireNonNull(endpoint, "there is no endpoint");
        admitted.put(domain.id(), relay);
        relays.put(relay.identity().uuid(), relay);
        controls.forEach(control -> control.open(relay));
        open.admit(new VchanPeer(domain.id(), domain.emulatedCard()), relay);
        tell(relay);
    }

    @Override
    public void dismiss(Domain domain) {
        GuestRelay relay = admitted.remove(domain.id());
        if (relay != null && endpoint != null) {
            endpoint.dismiss(domain.id());
            relays.remove(relay.identity().uuid());
            controls.forEach(control -> control.close(relay));
        }
    }

    /** For any thread: a guest's microphone may have changed. */
    public void happened(RelayEvent event) {
        GuestRelay relay = controls.isEmpty() ? null : relays.get(event.guest().uuid());
        if (relay != null) {
            // Asked a turn of the loop later: the event may tell what is only about to happen.
            loop.eventLoop().execute(() -> tell(relay));
        }
    }

    private void tell(GuestRelay relay) {
        relay.status().thenAccept(status -> {
            boolean requested = status.streams().stream().anyMatch(stream -> !stream.playback());
            MicState state = new MicState(requested, status.mic().granted());
            controls.forEach(control -> control.changed(relay, state));
        });
    }

    @Override
    public void close() {
        controls.forEach(MicControl::stop);
        if (group != null) {
            group.shutdownGracefully(0, STOP_WITHIN_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly(STOP_WITHIN_MS);
        }
        if (endpoint != null) {
            endpoint.close();
        }
    }
}
