package org.virtsound.plugin.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** One look at all streams, as text; pure. */
final class TopView {
    private static final int METER_CELLS = 20;
    private static final double METER_FLOOR_DB = -60;
    private static final String EIGHTHS = " ▏▎▍▌▋▊▉█";
    private static final int NAME_CHARS = 24;
    private static final int STREAM_CHARS = 40;
    private static final String RED = "\u001b[31m";
    private static final String BOLD = "\u001b[1m";
    private static final String PLAIN = "\u001b[0m";
    private static final Pattern NOT_FOR_TERMINALS = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

    private final Fields host;
    private final Fields guests;
    private final boolean colours;

    /**
     * @param host the daemon's {@code /host}
     * @param guests the daemon's {@code /streams}
     */
    TopView(Fields host, Fields guests, boolean colours) {
        this.host = host;
        this.guests = guests;
        this.colours = colours;
    }

    /** At most so many lines; the last one says how many there would be more. */
    String lines(int max) {
        List<String> lines = new ArrayList<>();
        lines.add("host: " + shown(host.text("inUse"), Integer.MAX_VALUE)
                + (host.has("why") ? ", " + host.text("why") : ""));
        if (host.has("problem")) {
            lines.add(coloured(RED, "problem: " + shown(host.text("problem"), Integer.MAX_VALUE)));
        }
        lines.add(coloured(BOLD, row("DOMAIN", "STATE", "LEVEL", "dBFS", "LATENCY", "UNDERFLOWS", "MIC", "STREAM")));
        for (Object one : guests.list("domains")) {
            guest(new Fields(one), lines);
        }
        int left = lines.size() - Math.max(3, max);
        if (left > 0) {
            lines.subList(lines.size() - left - 1, lines.size()).clear();
            lines.add("… and " + (left + 1) + " lines more");
        }
        return String.join("\n", lines) + "\n";
    }

    private void guest(Fields guest, List<String> lines) {
        List<?> streams = guest.list("streamList");
        String name = shown(guest.text("name"), NAME_CHARS);
        String mic = mic(guest.in("mic"));
        if (streams.isEmpty()) {
            lines.add(row(name, guest.text("state"), "", "", "", "", mic, problem(guest)));
        }
        for (Object one : streams) {
            Fields stream = new Fields(one);
            boolean isFirst = one == streams.get(0);
            boolean isPlayback = stream.text("direction").equals("playback");
            String state = stream.is("corked") ? "paused" : isPlayback ? "plays" : "records";
            lines.add(row(
                    isFirst ? name : "",
                    state + (stream.is("live") ? "" : ", silence"),
                    meter(stream),
                    stream.has("peakDbfs") ? String.format(Locale.ROOT, "%.1f", stream.real("peakDbfs")) : "-",
                    stream.number("latencyUs") < 0 ? "-" : stream.number("latencyUs") / 1000 + " ms",
                    isPlayback ? stream.text("underflows") : "-",
                    isFirst ? mic : "",
                    shown(stream.text("name"), STREAM_CHARS)));
        }
        if (!streams.isEmpty() && !guest.list("problems").isEmpty()) {
            lines.add(row("", "", "", "", "", "", "", problem(guest)));
        }
    }

    private static String row(
            String name,
            String state,
            String level,
            String dbfs,
            String latency,
            String underflows,
            String mic,
            String rest) {
        return String.format(
                        "%-24s  %-16s  %-20s  %7s  %7s  %10s  %-8s  %s",
                        name, state, level, dbfs, latency, underflows, mic, rest)
                .stripTrailing();
    }

    private String problem(Fields guest) {
        List<?> problems = guest.list("problems");
        return problems.isEmpty() ? "" : coloured(RED, shown(String.valueOf(problems.get(0)), Integer.MAX_VALUE));
    }

    private static String mic(Fields mic) {
        return mic.is("onAir") ? "ON AIR" : mic.is("granted") ? "granted" : mic.text("policy");
    }

    /** Linear in decibels from -60 to 0. */
    private static String meter(Fields stream) {
        if (!stream.has("peakDbfs")) {
            return "";
        }
        double full = Math.max(0, Math.min(1, 1 - stream.real("peakDbfs") / METER_FLOOR_DB));
        int eighths = (int) Math.round(full * METER_CELLS * 8);
        return "█".repeat(eighths / 8) + (eighths % 8 == 0 ? "" : EIGHTHS.charAt(eighths % 8));
    }

    /** Guests name their streams: nothing of that may steer the terminal. */
    private static String shown(String text, int maxChars) {
        String safe = NOT_FOR_TERMINALS.matcher(text).replaceAll("?");
        return safe.length() > maxChars ? safe.substring(0, maxChars - 1) + "…" : safe;
    }

    private String coloured(String colour, String text) {
        return colours ? colour + text + PLAIN : text;
    }
}
