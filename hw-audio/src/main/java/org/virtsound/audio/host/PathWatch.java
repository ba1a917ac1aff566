package org.virtsound.audio.host;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Says when something came or went at one of some paths, or on the way there: each directory is watched by inotify, or the nearest
 * that exists above it. One sleeping thread of its own; costs nothing while nothing happens.
 */
final class PathWatch implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(PathWatch.class.getName());
    private static final WatchEvent.Kind<?>[] KINDS = {
        StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE, StandardWatchEventKinds.ENTRY_MODIFY
    };

    private final Runnable changed;
    private final @Nullable WatchService service;
    private final Map<Path, WatchKey> keys = new HashMap<>();
    private List<Path> directories = List.of();

    /** @param changed called on the watch's own thread */
    PathWatch(Runnable changed) {
        this.changed = changed;
        this.service = service();
        if (service != null) {
            Thread thread = new Thread(this::run, "path-watch");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** From now on these directories, and no others. */
    synchronized void watch(List<Path> wanted) {
        directories = List.copyOf(wanted);
        register();
    }

    private static @Nullable WatchService service() {
        try {
            return Path.of("/").getFileSystem().newWatchService();
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "no inotify (" + e.getMessage() + "): the host's sound server is looked for every 2 s");
            return null;
        }
    }

    private void run() {
        WatchService from = service;
        try {
            while (from != null) {
                WatchKey key = from.take();
                key.pollEvents();
                key.reset();
                synchronized (this) {
                    register();
                }
                changed.run();
            }
        } catch (ClosedWatchServiceException e) {
            // Closed: the end.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A directory that came is watched itself, in place of the one above it. */
    private void register() {
        Map<Path, WatchKey> kept = new HashMap<>();
        for (Path directory : directories) {
            Path existing = directory;
            while (existing != null && !kept.containsKey(existing)) {
                WatchKey key = Files.isDirectory(existing) ? key(existing) : null;
                if (key != null) {
                    kept.put(existing, key);
                    break;
                }
                existing = existing.getParent();
            }
        }
        keys.keySet().removeAll(kept.keySet());
        keys.values().forEach(WatchKey::cancel);
        keys.clear();
        keys.putAll(kept);
    }

    private @Nullable WatchKey key(Path directory) {
        WatchKey known = keys.get(directory);
        if (known != null && known.isValid()) {
            return known;
        }
        try {
            return service == null ? null : directory.register(service, KINDS);
        } catch (IOException | ClosedWatchServiceException e) {
            return null;
        }
    }

    @Override
    public void close() {
        if (service != null) {
            try {
                service.close();
            } catch (IOException e) {
                LOG.log(Level.FINE, "closing inotify", e);
            }
        }
    }
}
