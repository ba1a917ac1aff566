package org.virtsound.plugin.control;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The service's run-time directory, held by one daemon at a time. */
public final class RuntimeDir implements AutoCloseable {
    private final Path dir;
    private final FileChannel lockFile;
    private final @Nullable FileLock lock;
    private final boolean made;

    private RuntimeDir(Path dir, FileChannel lockFile, @Nullable FileLock lock, boolean made) {
        this.dir = dir;
        this.lockFile = lockFile;
        this.lock = lock;
        this.made = made;
    }

    /** @throws IOException where it cannot be made, or another daemon has it; the message is for people */
    public static RuntimeDir take(Path dir) throws IOException {
        boolean made = !Files.isDirectory(dir);
        try {
            Files.createDirectories(dir);
            Files.setPosixFilePermissions(dir, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
            FileChannel file =
                    FileChannel.open(dir.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(file);
            if (lock == null) {
                file.close();
                throw new IOException("runtime-dir " + dir
                        + ": another virtsoundd has it; stop that one, or give this one a runtime-dir of its own");
            }
            return new RuntimeDir(dir, file, lock, made);
        } catch (java.nio.file.FileSystemException e) {
            throw new IOException("runtime-dir " + dir + ": " + e.getClass().getSimpleName() + " " + e.getMessage(), e);
        }
    }

    public Path controlSocket() {
        return dir.resolve("control");
    }

    /** Removes what this daemon made here. */
    @Override
    public void close() throws IOException {
        Files.deleteIfExists(controlSocket());
        Files.deleteIfExists(dir.resolve("lock"));
        if (lock != null) {
            lock.release();
        }
        lockFile.close();
        if (made) {
            try {
                Files.deleteIfExists(dir);
            } catch (java.nio.file.DirectoryNotEmptyException e) {
                // guests/ stays until its domains are undefined
            }
        }
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }
}
