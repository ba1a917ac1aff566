package org.virtsound.audio.pulse;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Where the fuzzing of the protocol starts from: what real peers say, chance records, and what broke other decoders. */
public final class FuzzSeeds {
    /** Longer inputs only make it slow. */
    private static final int LONGEST = 2048;

    private static final byte[] HEADER_AND_TAG = new byte[10];

    private FuzzSeeds() {}

    /** Writes each seed to a file of its own, named by its content. */
    public static void write(Path directory, List<byte[]> seeds) throws IOException {
        Files.createDirectories(directory);
        for (byte[] seed : seeds) {
            Files.write(directory.resolve(digest(seed)), seed);
        }
    }

    private static String digest(byte[] seed) {
        try {
            return "%040x"
                    .formatted(
                            new BigInteger(1, MessageDigest.getInstance("SHA-1").digest(seed)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    static List<byte[]> frames() {
        List<byte[]> seeds = new ArrayList<>();
        Capture.all().forEach(capture -> seeds.add(prepended(capture.bytes(), 100)));
        for (long length : new long[] {0, 1, 9, 10, 4096, 4097, 1 << 24, (1 << 24) + 1, 0x7FFFFFFFL, 0xFFFFFFFFL}) {
            for (int channel : new int[] {-1, 0}) {
                for (int flags : new int[] {0, 3, 4, 0x80000000, 0x40000000, 0xC0000000, 0x20000000, 0x00800000}) {
                    ByteBuffer frame = ByteBuffer.allocate(64);
                    frame.putInt((int) length).putInt(channel).putLong(0).putInt(flags);
                    seeds.add(prepended(frame.array(), 7));
                }
            }
        }
        return seeds;
    }

    static List<byte[]> tagstructs() {
        List<byte[]> seeds = new ArrayList<>();
        packets().forEach(packet -> seeds.add(shortened(packet)));
        bad().forEach(seeds::add);
        return seeds;
    }

    static List<byte[]> commands() {
        List<byte[]> seeds = new ArrayList<>();
        for (byte[] packet : packets()) {
            ByteBuffer head = ByteBuffer.wrap(packet);
            int opcode = head.getInt(1);
            int sender = opcode == Opcode.ERROR.code() ? 2 : head.getInt(6) == Command.NO_TAG ? 2 : 0;
            seeds.add(command(22, opcode, sender, Arrays.copyOfRange(packet, HEADER_AND_TAG.length, packet.length)));
        }
        Random random = new Random(1);
        Commands chance = new Commands(random);
        for (Class<? extends Command> type : Commands.types()) {
            for (int i = 0; i < 10; i++) {
                Command command = chance.any(type);
                int version = random.nextInt(13, 36);
                int sender = command instanceof Request ? 0 : command instanceof Answer ? 1 : 2;
                Opcode opcode = command instanceof Answer answer ? Commands.asked(answer) : command.opcode();
                ByteBuf body = Unpooled.buffer();
                command.encode(new TagWriter().reset(body), version);
                seeds.add(command(version - 13, opcode.code(), sender, ByteBufUtil.getBytes(body)));
            }
        }
        for (byte[] bad : bad()) {
            for (Opcode opcode : Opcode.values()) {
                seeds.add(command(22, opcode.code(), opcode.fromClient() ? 0 : 2, bad));
            }
        }
        return seeds;
    }

    /** Counts and lengths that do not fit what follows. */
    private static List<byte[]> bad() {
        return Stream.of(
                        "78ffffffff",
                        "7801000000",
                        "7801000001",
                        "7800000000",
                        "6d00",
                        "6d21",
                        "6dff00",
                        "7600",
                        "7621",
                        "76ff00000000",
                        "610d020000bb80",
                        "6103000000bb80",
                        "610321ffffffff",
                        "61ff0000000000",
                        "50746b004cffffffff7800000000",
                        "50746b004c000000017800000002",
                        "50746b004c0000000078000000004e",
                        "50507400",
                        "664201504e",
                        "664cff",
                        "42ff",
                        "4cffffffff",
                        "4e4e4e4e",
                        "74616263",
                        "7400",
                        "74ff00")
                .map(HexFormat.of()::parseHex)
                .toList();
    }

    private static List<byte[]> packets() {
        return Capture.all()
                .flatMap(capture -> capture.frames().stream())
                .filter(Capture.Frame::control)
                .map(Capture.Frame::payload)
                .toList();
    }

    private static byte[] command(int version, int opcode, int sender, byte[] body) {
        ByteBuffer seed = ByteBuffer.allocate(3 + body.length);
        return shortened(seed.put((byte) version)
                .put((byte) opcode)
                .put((byte) sender)
                .put(body)
                .array());
    }

    private static byte[] prepended(byte[] bytes, int first) {
        return shortened(ByteBuffer.allocate(1 + bytes.length)
                .put((byte) first)
                .put(bytes)
                .array());
    }

    private static byte[] shortened(byte[] bytes) {
        return bytes.length <= LONGEST ? bytes : Arrays.copyOf(bytes, LONGEST);
    }
}
