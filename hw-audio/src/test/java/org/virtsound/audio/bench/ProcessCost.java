package org.virtsound.audio.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** CPU time and memory of a running process, from {@code /proc}. */
final class ProcessCost {
    private ProcessCost() {}

    /** @return CPU time of all threads of {@code process} and of its children, nanoseconds */
    static long cpuNs(ProcessHandle process) {
        return ownCpuNs(process.pid())
                + process.descendants()
                        .mapToLong(child -> ownCpuNs(child.pid()))
                        .sum();
    }

    /** @return resident memory of {@code process} and of its children, KiB */
    static long residentKib(ProcessHandle process) {
        return ownResidentKib(process.pid())
                + process.descendants()
                        .mapToLong(child -> ownResidentKib(child.pid()))
                        .sum();
    }

    private static long ownCpuNs(long pid) {
        long sum = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path thread : threads) {
                String line = read(thread.resolve("schedstat"));
                sum += line.isEmpty() ? 0 : Long.parseLong(line.substring(0, line.indexOf(' ')));
            }
        } catch (IOException e) {
            return 0; // it has ended
        }
        return sum;
    }

    private static long ownResidentKib(long pid) {
        return read(Path.of("/proc", Long.toString(pid), "status"))
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
