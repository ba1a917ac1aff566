package org.virtsound.plugin.qubes;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A client of QubesDB that keeps what it was told to keep there, and watches what it was told to watch, over any number of
 * connections: one for questions and one for events at a time. Owned by its loop.
 */
final class QubesDb {
    private static final Logger log = Logger.getLogger(QubesDb.class.getName());
    private static final int AGAIN_MS = 1_000;

    private final EventLoop loop;
    private final Path socket;
    private final Map<String, String> kept = new HashMap<>();
    private final Map<String, Watcher> watched = new HashMap<>();
    private @Nullable Link questions;
    private @Nullable Link events;
    private boolean ready;
    private boolean troubled;
    private boolean stopped;

    QubesDb(EventLoop loop, Path socket) {
        this.loop = loop;
        this.socket = socket;
    }

    void start() {
        if (!stopped) {
            questions = new Link();
            events = new Link();
        }
    }

    /** The node has this value, now and on every connection to come. */
    void keep(String path, String value) {
        if (!value.equals(kept.put(path, value))) {
            ask(questions, QubesDbMessage.WRITE, path, value, answer -> {});
        }
    }

    void remove(String path) {
        if (kept.remove(path) != null) {
            ask(questions, QubesDbMessage.RM, path, "", answer -> {});
        }
    }

    /** Hears of a node; one that is not there says nothing. */
    interface Watcher {
        /** @param written somebody has just written it; false: it was found on a new connection */
        void value(String value, boolean written);
    }

    void watch(String path, Watcher watcher) {
        watched.put(path, watcher);
        look(path);
    }

    void unwatch(String path) {
        if (watched.remove(path) != null) {
            ask(events, QubesDbMessage.UNWATCH, path, "", answer -> {});
        }
    }

    private void look(String path) {
        // First the watch, then the question: no change falls between.
        ask(events, QubesDbMessage.WATCH, path, "", answer -> read(path, false));
    }

    private void read(String path, boolean written) {
        ask(questions, QubesDbMessage.READ, path, "", answer -> {
            Watcher watcher = watched.get(path);
            if (watcher != null && answer.type() == QubesDbMessage.READ_ANSWER) {
                watcher.value(answer.data(), written);
            }
        });
    }

    private void connected() {
        if (ready || questions == null || events == null || !questions.up || !events.up) {
            return;
        }
        ready = true;
        if (troubled) {
            troubled = false;
            log.log(Level.INFO, "QubesDB is back at " + socket);
        }
        kept.forEach((path, value) -> ask(questions, QubesDbMessage.WRITE, path, value, answer -> {}));
        List.copyOf(watched.keySet()).forEach(this::look);
    }

    private void lost(Link link, @Nullable Throwable cause) {
        if (link != questions && link != events) {
            return;
        }
        Link[] both = {questions, events};
        questions = null;
        events = null;
        ready = false;
        for (Link each : both) {
            if (each != null) {
                each.close();
            }
        }
        if (stopped) {
            return;
        }
        if (!troubled) {
            troubled = true;
            log.log(
                    Level.WARNING,
                    "QubesDB at " + socket + ": " + (cause == null ? "closed" : cause.getMessage())
                            + "; trying again, and guests' microphones are not steered by it meanwhile");
        }
        loop.schedule(this::start, AGAIN_MS, TimeUnit.MILLISECONDS);
    }

    private static void ask(
            @Nullable Link link, int type, String path, String data, Consumer<QubesDbMessage> answered) {
        if (link != null && link.up) {
            link.ask(new QubesDbMessage(type, path, data), answered);
        }
    }

    /** Removes what is kept, and lets go. */
    void stop() {
        List.copyOf(kept.keySet()).forEach(this::remove);
        stopped = true;
        if (questions != null) {
            // After what it was told last.
            questions.closeWhenAnswered();
        }
        if (events != null) {
            events.close();
        }
    }

    /** One connection: answers come in the order of the questions. */
    private final class Link extends ByteToMessageDecoder {
        private final Queue<Consumer<QubesDbMessage>> open = new ArrayDeque<>();
        private final Channel channel;
        private boolean up;
        private boolean ending;

        Link() {
            Link self = this;
            channel = new Bootstrap()
                    .group(loop)
                    .channel(EpollDomainSocketChannel.class)
                    .handler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel fresh) {
                            fresh.pipeline().addLast("qubesdb", self);
                        }
                    })
                    .connect(new DomainSocketAddress(socket.toFile()))
                    .addListener(connected -> {
                        if (!connected.isSuccess()) {
                            // It may fail before its link is known.
                            loop.execute(() -> lost(self, connected.cause()));
                        }
                    })
                    .channel();
        }

        void ask(QubesDbMessage question, Consumer<QubesDbMessage> answered) {
            open.add(answered);
            ByteBuf out = channel.alloc().buffer();
            question.write(out);
            channel.writeAndFlush(out);
        }

        void closeWhenAnswered() {
            ending = true;
            if (open.isEmpty()) {
                close();
            }
        }

        void close() {
            up = false;
            channel.close();
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            up = true;
            loop.execute(QubesDb.this::connected);
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
            for (QubesDbMessage message; (message = QubesDbMessage.read(in)) != null; ) {
                if (message.type() == QubesDbMessage.WATCH_EVENT) {
                    QubesDb.this.read(message.path(), true);
                    continue;
                }
                Consumer<QubesDbMessage> answered = open.poll();
                if (answered != null) {
                    answered.accept(message);
                }
                if (ending && open.isEmpty()) {
                    close();
                }
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            up = false;
            lost(this, null);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            up = false;
            lost(this, cause);
        }
    }
}
