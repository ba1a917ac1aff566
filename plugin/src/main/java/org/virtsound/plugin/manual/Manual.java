package org.virtsound.plugin.manual;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.virtsound.plugin.cli.VirtSound;
import picocli.CommandLine;

/** Run by the build: writes virt-sound(1) and the completion for bash, and compresses what Debian wants compressed. */
public final class Manual {
    /** Where gzip's header says which compression was used, and what says that it was the best. */
    private static final int EXTRA_FLAGS = 8;

    private static final byte BEST_COMPRESSION = 2;

    private Manual() {}

    /** @param args the folder of the sources, the folder to write to, the version */
    public static void main(String[] args) throws IOException {
        Path from = Path.of(args[0]);
        Path to = Path.of(args[1]);
        CommandLine command = VirtSound.commandLine();
        Files.createDirectories(to.resolve("man"));
        Files.createDirectories(to.resolve("doc"));
        String page = page(command, Files.readString(from.resolve("man/virt-sound.1.in")), args[2]);
        compress(page, to.resolve("man/virt-sound.1.gz"));
        for (String name : List.of("man/virtsoundd.8", "man/virt-sound.conf.5", "doc/changelog")) {
            compress(Files.readString(from.resolve(name)), to.resolve(name + ".gz"));
        }
        Files.writeString(to.resolve("completion.bash"), BashCompletion.of(command.getCommandSpec()));
    }

    static String page(CommandLine command, String frame, String version) {
        return frame.replace("@VERSION@", "virt-sound " + version)
                .replace("@COMMANDS@\n", ManPage.commands(command.getCommandSpec()));
    }

    private static void compress(String text, Path file) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new BestGzip(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        byte[] compressed = bytes.toByteArray();
        compressed[EXTRA_FLAGS] = BEST_COMPRESSION;
        Files.write(file, compressed);
    }

    private static final class BestGzip extends GZIPOutputStream {
        BestGzip(ByteArrayOutputStream out) throws IOException {
            super(out);
            def.setLevel(Deflater.BEST_COMPRESSION);
        }
    }
}
