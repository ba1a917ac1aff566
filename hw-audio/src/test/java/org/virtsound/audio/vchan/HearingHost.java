package org.virtsound.audio.vchan;

import io.netty.buffer.ByteBuf;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.UUID;
import org.virtsound.audio.stream.PlaybackListener;
import org.virtsound.audio.stream.PlaybackStream;
import org.virtsound.audio.stream.SoundHost;
import org.virtsound.audio.stream.SoundHostListener;
import org.virtsound.audio.stream.SoundServer;
import org.virtsound.audio.stream.StreamRequest;

/** A real host that also counts what it is given to play. */
final class HearingHost implements SoundHost {
    final FrameCounter heard = new FrameCounter();
    private final SoundHost real;

    HearingHost(SoundHost real) {
        this.real = real;
    }

    @Override
    public SoundServer open(UUID uuid, String title, SoundHostListener listener) {
        SoundServer server = real.open(uuid, title, listener);
        return proxy(SoundServer.class, server, (method, args) -> {
            if (method.equals("play")) {
                return hearing(server.play((StreamRequest) args[0], (PlaybackListener) args[1]));
            }
            return null;
        });
    }

    private PlaybackStream hearing(PlaybackStream stream) {
        return proxy(PlaybackStream.class, stream, (method, args) -> {
            if (method.equals("write")) {
                ByteBuf block = (ByteBuf) args[0];
                byte[] pcm = new byte[block.readableBytes()];
                block.getBytes(block.readerIndex(), pcm);
                heard.hear(pcm, pcm.length);
            }
            return null;
        });
    }

    @Override
    public SoundServer silence() {
        return real.silence();
    }

    private interface Before {
        /** @return what to answer instead, or null to go on */
        Object call(String method, Object[] args);
    }

    private static <T> T proxy(Class<T> type, T real, Before before) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            Object answer = before.call(method.getName(), args);
            try {
                return answer != null ? answer : method.invoke(real, args);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }
}
