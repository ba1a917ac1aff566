package org.virtsound.audio.stream;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import jakarta.inject.Inject;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one thread, {@code audio}, that owns every socket, stream and relay of this module; with it there are no locks. Others hop
 * on by {@link #call}.
 */
public final class AudioLoop implements AutoCloseable {
    private static final int STOP_WITHIN_S = 2;

    private final @Nullable EventLoopGroup ours;
    private final EventLoop eventLoop;

    @Inject
    public AudioLoop() {
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(
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
        ours = group;
        eventLoop = group.next();
    }

    /** Runs on somebody else's loop, which stays theirs. */
    public AudioLoop(EventLoop eventLoop) {
        ours = null;
        this.eventLoop = eventLoop;
    }

    public EventLoop eventLoop() {
        return eventLoop;
    }

    /** @return the same, for who registers descriptors of his own with it */
    public IoEventLoop ioEventLoop() {
        return (IoEventLoop) eventLoop;
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
        if (ours != null) {
            ours.shutdownGracefully(0, STOP_WITHIN_S, TimeUnit.SECONDS)
                    .awaitUninterruptibly(STOP_WITHIN_S, TimeUnit.SECONDS);
        }
    }
}
