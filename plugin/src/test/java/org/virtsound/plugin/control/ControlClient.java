package org.virtsound.plugin.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.guest.PulseTcpEndpoint;
import org.virtsound.audio.host.HostSound;
import org.virtsound.audio.relay.CapturePolicy;
import org.virtsound.audio.relay.GuestLimits;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.audio.relay.GuestRelays;
import org.virtsound.audio.relay.LatencyBudget;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.net.DhcpServer;
import org.virtsound.net.LocalCommands;
import org.virtsound.net.MacAddress;
import org.virtsound.net.SoundNetwork;
import org.virtsound.net.Subnet;
import org.virtsound.plugin.config.OutsideMachine;
import org.virtsound.plugin.config.ServiceConfig;
import org.virtsound.plugin.domain.Domain;
import org.virtsound.plugin.libvirt.LibvirtWatcher;
import org.virtsound.plugin.local.LocalEndpoints;
import org.virtsound.plugin.provision.BridgePorts;
import org.virtsound.plugin.provision.GuestSockets;
import org.virtsound.plugin.provision.OutsideMachines;
import org.virtsound.plugin.provision.Reconciler;
import org.virtsound.plugin.provision.SoundLan;
import org.virtsound.plugin.provision.VchanGuests;

/**
 * The control socket's handlers on a socket of Netty's own, in front of the real resources: a machine behind an uplink is the guest,
 * the network takes everything, and nothing of this machine is touched.
 */
final class ControlClient {
    static final String GUEST = "machine%2Fdesk";

    private static final Path NOWHERE = Path.of("/proc/virt-sound");

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            2, new DefaultThreadFactory("control-test", true), LocalIoHandler.newFactory());
    private final LocalAddress address = new LocalAddress(ControlClient.class);
    private @Nullable Channel channel;
    private volatile @Nullable CompletableFuture<Response> waiting;

    /** What came back. */
    record Response(int status, String type, String body) {}

    private static final class NoVchans implements VchanGuests {
        @Override
        public String problem() {
            return "no Xen here";
        }

        @Override
        public void admit(Domain domain, GuestRelay relay) {}

        @Override
        public void dismiss(Domain domain) {}
    }

    ControlClient() {
        SoundNetwork network =
                new SoundNetwork("SOUND", "sound", Subnet.parse("10.47.13.0/29"), 4713, false, "eth1", null);
        AudioLoop audio = new AudioLoop();
        HostSound sound = new HostSound(audio, "silence");
        GuestRelays relays = new GuestRelays(audio, sound, GuestLimits.DEFAULT, event -> {});
        Reconciler reconciler = new Reconciler(
                network,
                ports -> Map.of(),
                new BridgePorts(NOWHERE, "SOUND"),
                domain -> domain,
                relays,
                new PulseTcpEndpoint(audio),
                new NoVchans(),
                new GuestSockets(NOWHERE, audio),
                sound,
                event -> {});
        OutsideMachine desk = new OutsideMachine(
                "desk", new MacAddress("52:54:00:00:00:01"), Subnet.parseAddress("10.47.13.6"), CapturePolicy.ASK);
        reconciler.connected(new OutsideMachines(network, List.of(desk)));
        reconciler.start();
        ServiceConfig config = new ServiceConfig(
                List.of("test:///default"),
                true,
                "silence",
                NOWHERE,
                new ServiceConfig.Network(
                        "SOUND", "sound", "10.47.13.0/29", 4713, false, ServiceConfig.Dhcp.NO, null, "eth1"),
                new ServiceConfig.Audio(10, LatencyBudget.DEFAULT),
                GuestLimits.DEFAULT,
                new ServiceConfig.Vchan(ServiceConfig.Vchan.Transport.XEN, null),
                new ServiceConfig.Qubes(false, false, NOWHERE, false, NOWHERE),
                new ServiceConfig.Control("virt-sound"),
                new ServiceConfig.Metrics(null),
                List.of(desk),
                List.of(),
                NOWHERE);
        LocalEndpoints locals = new LocalEndpoints(config, audio, relays);
        Api api = new Api(
                config,
                reconciler,
                locals,
                new LibvirtWatcher(config, reconciler),
                sound,
                network,
                new SoundLan(network, new LocalCommands(), new DhcpServer(NOWHERE)));
        EventHub events = new EventHub();
        new ServerBootstrap()
                .group(loop)
                .channel(LocalServerChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel child) {
                        child.attr(PeerGate.PEER).set("root (uid 0)");
                        ControlServer.serve(child.pipeline(), api, events);
                    }
                })
                .bind(address)
                .syncUninterruptibly();
    }

    /** Asks, and waits for the answer. */
    Response ask(String method, String uri, byte[] body) {
        FullHttpRequest request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, HttpMethod.valueOf(method), uri, Unpooled.wrappedBuffer(body));
        request.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
        CompletableFuture<Response> response = new CompletableFuture<>();
        waiting = response;
        Channel to = channel;
        if (to == null || !to.isActive()) {
            channel = to = connect();
        }
        to.writeAndFlush(request);
        return response.orTimeout(5, TimeUnit.SECONDS).join();
    }

    private Channel connect() {
        return new Bootstrap()
                .group(loop)
                .channel(LocalChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel to) {
                        to.pipeline()
                                .addLast(new HttpClientCodec())
                                .addLast(new HttpObjectAggregator(16 << 20))
                                .addLast(new Answers());
                    }
                })
                .connect(address)
                .syncUninterruptibly()
                .channel();
    }

    private final class Answers extends SimpleChannelInboundHandler<FullHttpResponse> {
        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            CompletableFuture<Response> response = waiting;
            if (response != null) {
                response.completeExceptionally(new IllegalStateException("closed without an answer"));
            }
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse http) {
            CompletableFuture<Response> response = waiting;
            if (response != null) {
                response.complete(new Response(
                        http.status().code(),
                        String.valueOf(http.headers().get(HttpHeaderNames.CONTENT_TYPE)),
                        http.content().toString(UTF_8)));
            }
        }
    }
}
