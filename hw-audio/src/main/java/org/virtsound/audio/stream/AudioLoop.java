package org.virtsound.audio.stream;

import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The one thread, {@code audio}, that owns every socket, stream and relay of this module; with it there are no locks. Others hop
 * on by {@link #call}.
 */
public final class AudioLoop implements AutoCloseable {
    private static final int STOP_WITHIN_S = 2;

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(
            1,
            new DefaultThreadFactory("audio", true) {
                @Override
                public Thread newThread(Runnable task) {
                    Thread thread = super.newThread(task);
                    thread.setName("audio");
                    return thread;
                }
            },
            EpollIoHandler.newFactory());
    private final IoEventLoop eventLoop = group.next();

    public IoEventLoop eventLoop() {
        return eventLoop;
    }

    /** Runs {@code task} on the loop, at once where the caller is on it; what it throws ends the future. */
    public <T> CompletableFuture<T> call(Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Runnable step = () -> {
            try {
                result.complete(task.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        };
        if (eventLoop.inEventLoop()) {
            step.run();
        } else {
            eventLoop.execute(step);
        }
        return result;
    }

    /** Ends the thread; what still runs on it gets 2 s. */
    @Override
    public void close() {
        group.shutdownGracefully(0, STOP_WITHIN_S, TimeUnit.SECONDS)
                .awaitUninterruptibly(STOP_WITHIN_S, TimeUnit.SECONDS);
    }
}
