package org.virtsound.plugin;

import com.sun.jna.Callback;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the memory of programs, libraries and the archive of classes to what is in use. A start walks once through much of the JVM
 * and of libvirt's libraries; those pages, which are the same as in the file, are given back to the kernel, and what is used again
 * comes back from its cache page by page (madvise(2), MADV_DONTNEED).
 *
 * <p>Only what nobody writes to: of libraries the segments that are loaded read-only, which dl_iterate_phdr(3) tells while it holds
 * off any unloading (elf(5)); of the JVM's archives, which stay for as long as it, the mappings that are read-only and have no page
 * that was written before they were.
 */
final class ProgramPages implements AutoCloseable {
    private static final Logger log = Logger.getLogger(ProgramPages.class.getName());
    private static final int FIRST_AFTER_MS = 30_000;
    private static final int AGAIN_AFTER_MS = 600_000;

    private static final int MADV_DONTNEED = 4;
    // Where things are in a struct dl_phdr_info, of which each segment is an Elf64_Phdr, and in an Elf64_Dyn; in bytes.
    private static final int INFO_ADDRESS = 0;
    private static final int INFO_NAME = 8;
    private static final int INFO_SEGMENTS = 16;
    private static final int INFO_COUNT = 24;
    private static final int SEGMENT_BYTES = 56;
    private static final int SEGMENT_TYPE = 0;
    private static final int SEGMENT_FLAGS = 4;
    private static final int SEGMENT_ADDRESS = 16;
    private static final int SEGMENT_LENGTH = 40;
    private static final int ENTRY_BYTES = 16;
    private static final int ENTRY_VALUE = 8;

    private static final int PT_LOAD = 1;
    private static final int PT_DYNAMIC = 2;
    private static final int PF_W = 2;
    private static final int DT_NULL = 0;
    private static final int DT_TEXTREL = 22;
    private static final int DT_FLAGS = 30;
    private static final int DF_TEXTREL = 4;

    private final Thread thread = new Thread(this::run, "program-pages");

    /** A loaded library, as dl_iterate_phdr(3) shows it. */
    private interface Library extends Callback {
        int loaded(Pointer info, long infoBytes, @Nullable Pointer unused);
    }

    private static final class LibC {
        static {
            Native.register(LibC.class, "c");
        }

        static native int dl_iterate_phdr(Library each, @Nullable Pointer unused);

        static native int madvise(Pointer start, long bytes, int advice);

        static native int getpagesize();
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            Thread.sleep(FIRST_AFTER_MS);
            while (true) {
                giveBack();
                Thread.sleep(AGAIN_AFTER_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the daemon ends
        } catch (IOException | LinkageError e) {
            log.log(Level.INFO, "memory that only the start needed is kept: " + e);
        }
    }

    /** Leaves the pages of program files to the kernel. Each that is used again costs a fault without a read. */
    static void giveBack() throws IOException {
        long pageMask = -LibC.getpagesize();
        Library library = (info, infoBytes, unused) -> {
            giveBackLibrary(info, pageMask);
            return 0;
        };
        LibC.dl_iterate_phdr(library, null);
        String archive = null;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.endsWith(".jsa") || line.endsWith("/lib/modules")) {
                archive = line.contains(" r--") ? line : null;
            } else if (archive != null && line.startsWith("Private_Dirty:")) {
                if (line.endsWith(" 0 kB")) {
                    giveBackArchive(archive);
                }
                archive = null;
            }
        }
    }

    /** @param mapping as proc(5) shows it: from-to in hexadecimal, and more */
    private static void giveBackArchive(String mapping) {
        int dash = mapping.indexOf('-');
        long start = Long.parseUnsignedLong(mapping, 0, dash, 16);
        long end = Long.parseUnsignedLong(mapping, dash + 1, mapping.indexOf(' '), 16);
        LibC.madvise(new Pointer(start), end - start, MADV_DONTNEED);
    }

    /** @param info a struct dl_phdr_info: address, name, segments, their count */
    private static void giveBackLibrary(Pointer info, long pageMask) {
        String name = info.getPointer(INFO_NAME).getString(0);
        if (!name.startsWith("/")) {
            return; // the kernel's own
        }
        long base = info.getLong(INFO_ADDRESS);
        Pointer segments = info.getPointer(INFO_SEGMENTS);
        int count = Short.toUnsignedInt(info.getShort(INFO_COUNT));
        for (int i = 0; i < count; i++) {
            Pointer segment = segments.share((long) i * SEGMENT_BYTES);
            if (segment.getInt(SEGMENT_TYPE) == PT_DYNAMIC
                    && isTextRelocated(new Pointer(base + segment.getLong(SEGMENT_ADDRESS)))) {
                return;
            }
        }
        for (int i = 0; i < count; i++) {
            Pointer segment = segments.share((long) i * SEGMENT_BYTES);
            if (segment.getInt(SEGMENT_TYPE) == PT_LOAD && (segment.getInt(SEGMENT_FLAGS) & PF_W) == 0) {
                long address = base + segment.getLong(SEGMENT_ADDRESS);
                long start = address & pageMask;
                LibC.madvise(new Pointer(start), address + segment.getLong(SEGMENT_LENGTH) - start, MADV_DONTNEED);
            }
        }
    }

    /** Whether the loader wrote to what is read-only: its pages are not the file's. */
    private static boolean isTextRelocated(Pointer entry) {
        for (long tag = entry.getLong(0); tag != DT_NULL; entry = entry.share(ENTRY_BYTES), tag = entry.getLong(0)) {
            if (tag == DT_TEXTREL || (tag == DT_FLAGS && (entry.getLong(ENTRY_VALUE) & DF_TEXTREL) != 0)) {
                return true;
            }
        }
        return false;
    }
}
