package org.virtsound.audio.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import org.virtsound.audio.pulse.Answer;
import org.virtsound.audio.pulse.Command;
import org.virtsound.audio.pulse.Cookie;
import org.virtsound.audio.pulse.Direction;
import org.virtsound.audio.pulse.Failure;
import org.virtsound.audio.pulse.FrameDecoder;
import org.virtsound.audio.pulse.FrameListener;
import org.virtsound.audio.pulse.Frames;
import org.virtsound.audio.pulse.HotPackets;
import org.virtsound.audio.pulse.Opcode;
import org.virtsound.audio.pulse.Proplist;
import org.virtsound.audio.pulse.Request;
import org.virtsound.audio.pulse.SessionRequest;
import org.virtsound.audio.pulse.TagLimits;
import org.virtsound.audio.pulse.TagReader;
import org.virtsound.audio.pulse.TagWriter;
import org.virtsound.audio.stream.SeekMode;

/** One client with one stream, as far as playing, recording and measuring need it. Owned by the load's event loop. */
abstract class LoadClient extends ChannelInboundHandlerAdapter implements FrameListener {
    static final int VERSION = 35;
    private static final int BYTES_MAX = 1 << 20;
    private static final int AUTH = 0;
    private static final int NAME = 1;
    private static final int CREATE = 2;

    final TagReader reader = new TagReader(TagLimits.HOST);
    private final TagWriter writer = new TagWriter();
    private final CompletableFuture<Void> open = new CompletableFuture<>();
    private Channel channel;

    /** @return ends once the stream is open */
    CompletableFuture<Void> connect(EventLoop loop, SocketAddress server) {
        return connect(loop, server, 0);
    }

    /** @param guest which of this machine's loopback addresses to come from, if by TCP */
    CompletableFuture<Void> connect(EventLoop loop, SocketAddress server, int guest) {
        boolean unix = server instanceof DomainSocketAddress;
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(unix ? EpollDomainSocketChannel.class : EpollSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel made) {
                        made.pipeline()
                                .addLast("frames", new FrameDecoder(BYTES_MAX, BYTES_MAX, LoadClient.this))
                                .addLast("client", LoadClient.this);
                    }
                });
        if (!unix) {
            bootstrap.option(ChannelOption.TCP_NODELAY, true);
            bootstrap.localAddress("127.0.0." + (1 + guest), 0);
        }
        bootstrap.connect(server).addListener(connected -> {
            if (!connected.isSuccess()) {
                open.completeExceptionally(connected.cause());
            }
        });
        return open;
    }

    /** @param address {@code unix:PATH} or {@code tcp:HOST:PORT} */
    static SocketAddress address(String address) {
        if (address.startsWith("unix:")) {
            return new DomainSocketAddress(address.substring("unix:".length()));
        }
        String[] parts = address.split(":");
        return new InetSocketAddress(parts[1], Integer.parseInt(parts[2]));
    }

    abstract Request create();

    /** The stream is open. */
    abstract void opened(Answer answer);

    /** A packet that is neither part of the beginning nor an error. */
    abstract void packet(Opcode opcode, int tag);

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        send(AUTH, new SessionRequest.Auth(VERSION, 0, Cookie.ZERO));
    }

    @Override
    public void control(ByteBuf packet) {
        Opcode opcode = Opcode.of(reader.reset(packet).u32());
        int tag = reader.u32();
        if (opcode == Opcode.ERROR) {
            fail(new IllegalStateException("refused: " + Failure.decode(reader, VERSION)));
        } else if (opcode != Opcode.REPLY || tag > CREATE) {
            packet(opcode, tag);
        } else if (tag == AUTH) {
            send(NAME, new SessionRequest.SetClientName(Proplist.of("application.name", "load")));
        } else if (tag == NAME) {
            send(CREATE, create());
        } else {
            opened(Answer.decode(create().opcode(), reader, VERSION));
            open.complete(null);
        }
    }

    @Override
    public void memblock(int streamChannel, long offsetBytes, SeekMode seek, ByteBuf payload) {
        payload.release();
    }

    void send(int tag, Command command) {
        ByteBuf out = channel.alloc().directBuffer(512);
        command.writeTo(out, writer, tag, VERSION);
        channel.writeAndFlush(out, channel.voidPromise());
    }

    void ask(int tag, Direction direction, int streamChannel) {
        ByteBuf out = channel.alloc().directBuffer(64);
        HotPackets.writeGetLatency(out, writer, tag, direction, streamChannel, 1, 2);
        channel.writeAndFlush(out, channel.voidPromise());
    }

    /** @param pcm given away */
    void play(int streamChannel, ByteBuf pcm) {
        ByteBuf header = channel.alloc().directBuffer(Frames.HEADER_BYTES);
        Frames.memblockHeader(header, pcm.readableBytes(), streamChannel, 0, SeekMode.RELATIVE);
        channel.write(header, channel.voidPromise());
        channel.writeAndFlush(pcm, channel.voidPromise());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        open.completeExceptionally(new IllegalStateException("the server closed the connection"));
        closed();
    }

    /** The connection is gone. */
    void closed() {}

    private void fail(Throwable cause) {
        if (!open.completeExceptionally(cause)) {
            throw new IllegalStateException("in the middle of it", cause);
        }
    }

    void close() {
        if (channel != null) {
            channel.close();
        }
    }
}
