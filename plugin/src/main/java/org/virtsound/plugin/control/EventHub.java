package org.virtsound.plugin.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.ChannelMatcher;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.virtsound.audio.host.HostStatus;
import org.virtsound.audio.relay.RelayEvent;
import org.virtsound.plugin.provision.GuestEvent;

/**
 * Passes on what happens, to the log and as server-sent events to all who listen. For any thread; it never blocks. A listener that
 * does not read is disconnected.
 */
public final class EventHub {
    private static final Logger log = Logger.getLogger("org.virtsound.events");
    private static final ChannelMatcher BEHIND = channel -> !channel.isWritable();

    private final ChannelGroup listeners = new DefaultChannelGroup("events", GlobalEventExecutor.INSTANCE);

    public void happened(RelayEvent event) {
        publish(ServiceEvent.of(event));
    }

    public void happened(GuestEvent event) {
        publish(ServiceEvent.of(event));
    }

    /** Guests are heard elsewhere from now on. */
    public void moved(HostStatus host) {
        publish(ServiceEvent.of(host));
    }

    /** The channel gets a response without an end, and each event from now on. */
    void subscribe(Channel channel) {
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_EVENT_STREAM)
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        channel.writeAndFlush(response).addListener((ChannelFutureListener) written -> {
            if (written.isSuccess()) {
                listeners.add(channel);
                log.log(Level.FINE, "control: somebody watches");
            }
        });
    }

    private void publish(ServiceEvent event) {
        log.log(event.level(), event.text());
        if (listeners.isEmpty()) {
            return;
        }
        var unusedClosed = listeners.close(BEHIND);
        String text = "event: " + event.type() + "\ndata: " + Json.render(event.data()) + "\n\n";
        var unusedSent = listeners.writeAndFlush(new DefaultHttpContent(Unpooled.copiedBuffer(text, UTF_8)));
    }
}
