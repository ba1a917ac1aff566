package org.virtsound.plugin;

import com.sun.jna.Callback;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the memory of programs, libraries and the archive of classes to what is in use. A start, each look at all domains, and each
 * method that is compiled walk once through much of the JVM and of libvirt's libraries; those pages, which are the same as in the
 * file, are given back to the kernel, and what is used again comes back from its cache page by page (madvise(2), MADV_DONTNEED).
 *
 * <p>Only what nobody writes to: of libraries the segments that are loaded read-only, which dl_iterate_phdr(3) tells while it holds
 * off any unloading (elf(5)); of the JVM's archives the mappings that are read-only and have no page that was written before they
 * were. What stays for as long as the JVM does, its own library and archives, is remembered and given back whenever too much of it
 * has come in; finding it brings back as much as it saves.
 *
 * <p>Pages come in by running, so how many there are is looked at while the process runs, some times a second, and never while it
 * does not.
 *
 * <p>One thread of its own, {@code program-pages}.
 */
final class ProgramPages implements AutoCloseable {
    private static final Logger log = Logger.getLogger(ProgramPages.class.getName());
    private static final String JVM = "/libjvm.so";
    /** By then, it is hoped, libvirt's domains are there. */
    private static final int FIRST_MS = 1_000;

    private static final int LOOK_EVERY_MS = 100;
    /** Who runs for less in that time is not looked at before it has run for longer, by the kernel's ticks. */
    private static final long BUSY_NS = 1_000_000;

    private static final long RUN_NS = 5_000_000;
    /** Beyond what was there when all had been given back: more than audio that plays evenly needs. */
    private static final int KEPT_BYTES = 5 << 20;

    private static final int STATM_SHARED = 2;

    private static final int CLOCK_PROCESS_CPUTIME_ID = 2;
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

    private record Range(Pointer start, long bytes) {
        void giveBack() {
            LibC.madvise(start, bytes, MADV_DONTNEED);
        }
    }

    private final Thread thread = new Thread(this::run, "program-pages");
    private final byte[] words = new byte[128];
    // Each a struct timespec: seconds, nanoseconds.
    private final Memory untilItHasRun = new Memory(2 * Long.BYTES);
    private final Memory hasRun = new Memory(2 * Long.BYTES);
    /** Those of the JVM; null before they are looked for. */
    private @Nullable List<Range> own;

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

        static native int clock_gettime(int clock, Pointer time);

        static native int clock_nanosleep(int clock, int flags, Pointer time, @Nullable Pointer unused);
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
        untilItHasRun.setLong(0, 0);
        untilItHasRun.setLong(Long.BYTES, RUN_NS);
        try (RandomAccessFile statm = new RandomAccessFile("/proc/self/statm", "r")) {
            Thread.sleep(FIRST_MS);
            giveBack();
            int kept = KEPT_BYTES / LibC.getpagesize();
            int left = ofFiles(statm);
            while (true) {
                long ranNs = processNs();
                Thread.sleep(LOOK_EVERY_MS);
                if (processNs() - ranNs < BUSY_NS) {
                    LibC.clock_nanosleep(CLOCK_PROCESS_CPUTIME_ID, 0, untilItHasRun, null);
                }
                if (ofFiles(statm) > left + kept) {
                    giveBack();
                    left = ofFiles(statm);
                }
            }
        } catch (IOException | LinkageError e) {
            log.log(Level.INFO, "memory that only the start needed is kept: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the daemon ends
        }
    }

    /** @return for how long all threads have run, ns */
    private long processNs() {
        LibC.clock_gettime(CLOCK_PROCESS_CPUTIME_ID, hasRun);
        return hasRun.getLong(0) * 1_000_000_000 + hasRun.getLong(Long.BYTES);
    }

    /** @return how many pages of files are in memory, as proc(5) has it; allocates nothing */
    private int ofFiles(RandomAccessFile statm) throws IOException {
        statm.seek(0);
        int length = statm.read(words);
        int pages = 0;
        for (int i = 0, word = 0; i < length && word <= STATM_SHARED; i++) {
            if (words[i] == ' ') {
                word++;
            } else if (word == STATM_SHARED) {
                pages = pages * 10 + words[i] - '0';
            }
        }
        return pages;
    }

    /** Leaves the pages of program files to the kernel. Each that is used again costs a fault without a read. */
    void giveBack() throws IOException {
        if (own != null) {
            own.forEach(Range::giveBack);
            return;
        }
        own = new ArrayList<>();
        giveBackAll(own);
    }

    private static void giveBackAll(List<Range> lasting) throws IOException {
        String archive = null;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.endsWith(".jsa") || line.endsWith("/lib/modules")) {
                archive = line.contains(" r--") ? line : null;
            } else if (archive != null && line.startsWith("Anonymous:")) {
                if (line.endsWith(" 0 kB")) {
                    lasting.add(range(archive));
                }
                archive = null;
            }
        }
        long pageMask = -LibC.getpagesize();
        Library library = (info, infoBytes, unused) -> {
            List<Range> segments = readOnly(info, pageMask);
            segments.forEach(Range::giveBack);
            if (info.getPointer(INFO_NAME).getString(0).endsWith(JVM)) {
                lasting.addAll(segments);
            }
            return 0;
        };
        LibC.dl_iterate_phdr(library, null);
        lasting.forEach(Range::giveBack);
    }

    /** @param mapping as proc(5) shows it: from-to in hexadecimal, and more */
    private static Range range(String mapping) {
        int dash = mapping.indexOf('-');
        long start = Long.parseUnsignedLong(mapping, 0, dash, 16);
        long end = Long.parseUnsignedLong(mapping, dash + 1, mapping.indexOf(' '), 16);
        return new Range(new Pointer(start), end - start);
    }

    /** @param info a struct dl_phdr_info: address, name, segments, their count */
    private static List<Range> readOnly(Pointer info, long pageMask) {
        if (!info.getPointer(INFO_NAME).getString(0).startsWith("/")) {
            return List.of(); // the kernel's own
        }
        long base = info.getLong(INFO_ADDRESS);
        Pointer segments = info.getPointer(INFO_SEGMENTS);
        int count = Short.toUnsignedInt(info.getShort(INFO_COUNT));
        List<Range> readOnly = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Pointer segment = segments.share((long) i * SEGMENT_BYTES);
            int type = segment.getInt(SEGMENT_TYPE);
            long address = base + segment.getLong(SEGMENT_ADDRESS);
            if (type == PT_DYNAMIC && isTextRelocated(new Pointer(address))) {
                return List.of();
            }
            if (type == PT_LOAD && (segment.getInt(SEGMENT_FLAGS) & PF_W) == 0) {
                long start = address & pageMask;
                readOnly.add(new Range(new Pointer(start), address + segment.getLong(SEGMENT_LENGTH) - start));
            }
        }
        return readOnly;
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
