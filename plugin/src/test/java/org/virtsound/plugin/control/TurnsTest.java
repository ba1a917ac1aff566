package org.virtsound.plugin.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.virtsound.audio.host.HostStatus;

/** Who connects and asks for more at a time, or more slowly, than is good for the others. */
class TurnsTest {
    private final Map<String, CompletableFuture<Answer>> asked = new LinkedHashMap<>();
    private final EventHub events = new EventHub();
    private int reads;
    private boolean takesNothing;
    private final EmbeddedChannel peer = new EmbeddedChannel(new ChannelInitializer<>() {
        @Override
        protected void initChannel(Channel channel) {
            channel.pipeline().addLast(new ChannelOutboundHandlerAdapter() {
                @Override
                public void read(ChannelHandlerContext ctx) {
                    reads++;
                    ctx.read();
                }

                @Override
                public void write(ChannelHandlerContext ctx, Object bytes, ChannelPromise promise) {
                    if (takesNothing) {
                        ReferenceCountUtil.release(bytes);
                    } else {
                        ctx.write(bytes, promise);
                    }
                }
            });
            ControlServer.serve(channel.pipeline(), TurnsTest.this::ask, events);
        }
    });

    private CompletableFuture<Answer> ask(Request request) {
        return asked.computeIfAbsent(request.path().get(0), path -> new CompletableFuture<>());
    }

    @AfterEach
    void close() {
        peer.finishAndReleaseAll();
    }

    @Test
    void oneRequestIsInWorkAndWhatFollowsWaitsForItsAnswer() {
        sends("GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\nPUT /c HTTP/1.1\r\nContent-Length: 1\r\n\r\n!"
                + "GET /d HTTP/1.1\r\nConnection: close\r\n\r\nGET /e HTTP/1.1\r\n\r\n");
        assertThat(asked).containsOnlyKeys("a");
        int readBefore = reads;
        answers("a");
        assertThat(asked).containsOnlyKeys("a", "b");
        assertThat(reads).isEqualTo(readBefore);
        answers("b");
        assertThat(asked).containsOnlyKeys("a", "b", "d");
        answers("d");

        assertThat(hears()).containsSubsequence("200 OK", "is a", "200 OK", "is b", "400 Bad", "200 OK", "is d");
        assertThat(asked).doesNotContainKey("e");
        assertThat(peer.isOpen()).isFalse();
    }

    @Test
    void thePeerIsReadAgainWhenItHasItsAnswer() {
        sends("GET /a HTTP/1.1\r\n\r\n");
        int readBefore = reads;
        answers("a");
        assertThat(reads).isGreaterThan(readBefore);
        sends("GET /b HTTP/1.1\r\n\r\n");
        answers("b");
        assertThat(hears()).containsSubsequence("is a", "is b");
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedInItsTurnToo() {
        sends("GET /a HTTP/1.1\r\n\r\nPUT /b HTTP/1.1\r\nContent-Length: 70000\r\n\r\n");
        assertThat(hears()).isEmpty();
        answers("a");
        assertThat(hears()).containsSubsequence("is a", "413 ");
        sends("x".repeat(70_000) + "GET /c HTTP/1.1\r\n\r\n");
        answers("c");
        assertThat(hears()).contains("is c");
    }

    @Test
    void manyThatAreAnsweredAtOnceAreAnsweredOneAfterTheOther() {
        int many = 100;
        sends("PUT / HTTP/1.1\r\nContent-Length: 1\r\n\r\n!".repeat(many));
        assertThat(hears().split("400 Bad", -1)).hasSize(many + 1);
    }

    @Test
    void whoSendsNoRequestOrNeverEndsOneIsClosed() {
        sends("GET /a HTTP/1.1\r\n\r\n");
        answers("a");
        passes(Turns.PATIENCE_S - 1);
        assertThat(peer.isOpen()).isTrue();
        sends("GET /b HTTP/1.1\r\nX: ");
        passes(2);
        assertThat(peer.isOpen()).isFalse();
    }

    @Test
    void whoDoesNotTakeAnAnswerIsClosed() {
        sends("GET /a HTTP/1.1\r\n\r\n");
        takesNothing = true;
        answers("a");
        passes(Turns.PATIENCE_S - 1);
        assertThat(peer.isOpen()).isTrue();
        passes(2);
        assertThat(peer.isOpen()).isFalse();
    }

    @Test
    void whoWaitsForUsIsNot() {
        sends("GET /a HTTP/1.1\r\n\r\n");
        passes(10L * Turns.PATIENCE_S);
        answers("a");
        assertThat(hears()).contains("is a");
        assertThat(peer.isOpen()).isTrue();
    }

    @Test
    void neitherIsOneWhoListensToEvents() {
        sends("GET /events HTTP/1.1\r\n\r\n");
        passes(10L * Turns.PATIENCE_S);
        events.moved(new HostStatus("auto", "silence", "as configured", null, List.of()));
        peer.runPendingTasks();
        assertThat(hears()).contains("text/event-stream", "host-moved");
        assertThat(peer.isOpen()).isTrue();
    }

    @Test
    void oneTooManyIsClosedUntilAnotherGoes() {
        ConnectionLimit limit = new ConnectionLimit("a socket", 2);
        EmbeddedChannel first = new EmbeddedChannel(limit);
        EmbeddedChannel second = new EmbeddedChannel(limit);
        assertThat(new EmbeddedChannel(limit).isOpen()).isFalse();
        assertThat(first.isOpen() && second.isOpen()).isTrue();
        first.close();
        assertThat(new EmbeddedChannel(limit).isOpen()).isTrue();
        assertThat(new EmbeddedChannel(limit).isOpen()).isFalse();
    }

    private void sends(String text) {
        peer.writeInbound(Unpooled.copiedBuffer(text, UTF_8));
        peer.runPendingTasks();
    }

    private void answers(String path) {
        asked.get(path).complete(new Answer(200, "text/plain", "is " + path));
        peer.runPendingTasks();
    }

    private void passes(long seconds) {
        peer.advanceTimeBy(seconds, TimeUnit.SECONDS);
        peer.runPendingTasks();
    }

    /** What has come to the peer since it was asked last. */
    private String hears() {
        StringBuilder text = new StringBuilder();
        for (ByteBuf part = peer.readOutbound(); part != null; part = peer.readOutbound()) {
            text.append(part.toString(UTF_8));
            part.release();
        }
        return text.toString();
    }
}
