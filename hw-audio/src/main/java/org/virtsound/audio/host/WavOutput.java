package org.virtsound.audio.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.SampleFormat;
import org.virtsound.audio.stream.SampleSpec;
import org.virtsound.audio.stream.StreamRequest;

/**
 * The backend "wav:DIR": what a stream plays, in a file of its own. The header's lengths are written behind the samples each time, so
 * that the file is whole at any moment, after kill -9 too. Owned by the audio loop; the file is its writer's.
 */
final class WavOutput implements PcmOutput {
    private static final int CHUNK_BYTES = 64 << 10;
    private static final int HEADER_BYTES = 44;
    private static final long LENGTH_MAX = 0xFFFF_FFFFL - HEADER_BYTES;
    /** Of whose it is and what it plays, in a file's name, which has 255 bytes at most. */
    private static final int TITLE_MAX = 200;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");
    private static final AtomicInteger LAST_NUMBER = new AtomicInteger();

    private final Pace pace;
    private final SampleFormat format;
    private final Executor disk;
    private final File file;
    private ByteBuffer filling = ByteBuffer.allocateDirect(CHUNK_BYTES);

    private WavOutput(SampleSpec spec, Executor disk, File file) {
        this.pace = new Pace(spec);
        this.format = spec.format();
        this.disk = disk;
        this.file = file;
    }

    /** @param disk one thread, on which files are written: the audio loop does not wait for a disk */
    static Outputs in(Path directory, Executor disk, Executor loop) {
        return (guest, request, trouble) -> new WavOutput(
                request.spec(),
                disk,
                new File(
                        path(directory, guest, request),
                        request.spec(),
                        problem -> loop.execute(() -> trouble.accept(problem))));
    }

    private static Path path(Path directory, HostIdentity guest, StreamRequest request) {
        String title = (guest.title() + "-" + request.name()).replaceAll("[^A-Za-z0-9._-]+", "_");
        String name = title.substring(0, Math.min(title.length(), TITLE_MAX)) + "-"
                + LocalDateTime.now(ZoneId.systemDefault()).format(TIME) + "-" + LAST_NUMBER.incrementAndGet();
        return directory.resolve((name.startsWith(".") ? "_" : "") + name + ".wav");
    }

    @Override
    public void start(long nowNs) {
        pace.start(nowNs);
    }

    @Override
    public long take(long nowNs) {
        return pace.take(nowNs);
    }

    @Override
    public long dueNs(long bytes) {
        return pace.dueNs(bytes);
    }

    @Override
    public void rate(int rateHz, long nowNs) {
        // The file keeps the rate that it began with.
        pace.rate(rateHz, nowNs);
    }

    @Override
    public boolean wantsSamples() {
        return true;
    }

    @Override
    public void play(ByteBuffer pcm) {
        int sample = format.sizeBytes();
        while (pcm.hasRemaining()) {
            if (filling.remaining() < sample) {
                hand();
            }
            copy(pcm, Math.min(pcm.remaining(), filling.remaining() / sample * sample));
        }
        hand();
    }

    /** WAV is little-endian, and holds 24 bits in 32 in the upper ones. */
    private void copy(ByteBuffer pcm, int bytes) {
        int end = pcm.position() + bytes;
        switch (format) {
            case S16BE -> {
                while (pcm.position() < end) {
                    filling.putShort(Short.reverseBytes(pcm.getShort()));
                }
            }
            case S32BE, FLOAT32BE -> {
                while (pcm.position() < end) {
                    filling.putInt(Integer.reverseBytes(pcm.getInt()));
                }
            }
            case S24_32LE -> {
                while (pcm.position() < end) {
                    filling.putInt(Integer.reverseBytes(Integer.reverseBytes(pcm.getInt()) << 8));
                }
            }
            case S24_32BE -> {
                while (pcm.position() < end) {
                    filling.putInt(Integer.reverseBytes(pcm.getInt() << 8));
                }
            }
            case S24BE -> {
                while (pcm.position() < end) {
                    byte high = pcm.get();
                    byte middle = pcm.get();
                    filling.put(pcm.get()).put(middle).put(high);
                }
            }
            default -> {
                filling.put(pcm.duplicate().limit(end));
                pcm.position(end);
            }
        }
    }

    private void hand() {
        ByteBuffer full = filling.flip();
        ByteBuffer next = file.spare();
        if (next == null) {
            // The disk does not keep up: what it has not taken is lost, and the next is as long as it was.
            filling.clear();
            return;
        }
        filling = next;
        disk.execute(() -> file.append(full));
    }

    @Override
    public void close() {
        disk.execute(file::close);
    }

    /** The file itself; owned by the disk's thread but for {@link #spare}. */
    private static final class File {
        private static final int BUFFERS = 8;

        private final Path path;
        private final SampleSpec spec;
        private final Consumer<@Nullable String> trouble;
        private final ConcurrentLinkedQueue<ByteBuffer> spares = new ConcurrentLinkedQueue<>();
        private int made;
        private @Nullable FileChannel channel;
        private boolean broken;
        private long lengthBytes;
        private final ByteBuffer word = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);

        File(Path path, SampleSpec spec, Consumer<@Nullable String> trouble) {
            this.path = path;
            this.spec = spec;
            this.trouble = trouble;
        }

        /** @return an empty buffer, null where all wait to be written; on the audio loop */
        @Nullable
        ByteBuffer spare() {
            ByteBuffer spare = spares.poll();
            if (spare == null && made < BUFFERS) {
                made++;
                spare = ByteBuffer.allocateDirect(CHUNK_BYTES);
            }
            return spare;
        }

        void append(ByteBuffer pcm) {
            try {
                if (!broken && lengthBytes + pcm.remaining() <= LENGTH_MAX) {
                    FileChannel to = open();
                    long at = HEADER_BYTES + lengthBytes;
                    lengthBytes += pcm.remaining();
                    while (pcm.hasRemaining()) {
                        at += to.write(pcm, at);
                    }
                    lengths(to);
                }
            } catch (IOException e) {
                broken = true;
                trouble.accept(path + " cannot be written: " + e.getMessage());
            }
            spares.add(pcm.clear());
        }

        private FileChannel open() throws IOException {
            FileChannel existing = channel;
            if (existing != null) {
                return existing;
            }
            FileChannel fresh = FileChannel.open(
                    path, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, LinkOption.NOFOLLOW_LINKS);
            channel = fresh;
            fresh.write(header(), 0);
            return fresh;
        }

        private ByteBuffer header() {
            int tag = switch (spec.format()) {
                case FLOAT32LE, FLOAT32BE -> 3;
                case ALAW -> 6;
                case ULAW -> 7;
                default -> 1;
            };
            return ByteBuffer.allocate(HEADER_BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put("RIFF".getBytes(StandardCharsets.US_ASCII))
                    .putInt(HEADER_BYTES - 8)
                    .put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII))
                    .putInt(16)
                    .putShort((short) tag)
                    .putShort((short) spec.channels())
                    .putInt(spec.rateHz())
                    .putInt(spec.rateHz() * spec.frameBytes())
                    .putShort((short) spec.frameBytes())
                    .putShort((short) (spec.format().sizeBytes() * 8))
                    .put("data".getBytes(StandardCharsets.US_ASCII))
                    .putInt(0)
                    .flip();
        }

        /** The outer length first: a reader that stops at the inner one is never led beyond the file. */
        private void lengths(FileChannel to) throws IOException {
            to.write(word.clear().putInt((int) (HEADER_BYTES - 8 + lengthBytes)).flip(), 4);
            to.write(word.clear().putInt((int) lengthBytes).flip(), HEADER_BYTES - 4);
        }

        void close() {
            try {
                if (channel != null) {
                    channel.close();
                }
            } catch (IOException e) {
                trouble.accept(path + " cannot be closed: " + e.getMessage());
            }
            broken = true;
        }
    }
}
