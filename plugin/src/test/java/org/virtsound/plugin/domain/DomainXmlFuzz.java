package org.virtsound.plugin.domain;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Whatever users write into a domain's metadata, it is read as settings with problems named, or refused as no domain; nothing else
 * is thrown, and what is read is within its bounds. The first byte says whether the rest is the whole text, what stands in the
 * metadata element, or a list of the words that settings are made of.
 */
public final class DomainXmlFuzz {
    private static final int PERCENT_MAX = 150;
    private static final int LATENCY_MS_MAX = 5000;
    private static final String DOMAIN = "<domain type='xen' id='7'><name>desk</name>"
            + "<uuid>6b1c9c4e-8d0f-4a52-9a6e-0c1d2e3f4a5b</uuid><metadata>%s</metadata></domain>";

    private static final List<String> WORDS = List.of(
            "<s:audio xmlns:s='urn:virt-sound:domain:1'>",
            "</s:audio>",
            "<s:state xmlns:s='urn:virt-sound:state:1' address='10.47.13.3'/>",
            "<audio xmlns='urn:virt-sound:domain:1'>",
            "</audio>",
            "<s:playback",
            "<s:capture",
            "<s:latency",
            "<s:transport",
            "<playback",
            "<capture",
            "/>",
            ">",
            "</s:playback>",
            " enabled='",
            " sink='",
            " source='",
            " volume='",
            " mute='",
            " policy='",
            " target='",
            " max='",
            " type='",
            " address='",
            "'",
            "yes",
            "no",
            "off",
            "ask",
            "on",
            "network",
            "socket",
            "0",
            "1",
            "15",
            "99",
            "%",
            "ms",
            ".",
            "-",
            "é",
            "&#10;",
            "&amp;",
            "&x;",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
            "<?p?>",
            " xmlns:s='other'",
            "alsa_output.usb");

    private DomainXmlFuzz() {}

    /** @param arguments the directory to write seeds to */
    public static void main(String... arguments) throws IOException {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        int number = 0;
        for (String seed : seeds()) {
            Files.writeString(directory.resolve("seed" + number++), seed);
        }
    }

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        String rest = new String(input, 1, input.length - 1, UTF_8);
        String xml = switch (input[0] & 3) {
            case 0 -> rest;
            case 1 -> DOMAIN.formatted(rest);
            default -> DOMAIN.formatted(words(input));
        };
        Domain domain;
        try {
            domain = DomainXml.parse(xml);
        } catch (IllegalArgumentException refused) {
            return;
        }
        if (domain.settings() != null) {
            check(domain.settings());
        }
    }

    private static void check(SoundSettings settings) {
        bounded(settings.policy().volumePercent(), 0, PERCENT_MAX);
        bounded(settings.policy().captureVolumePercent(), 0, PERCENT_MAX);
        bounded(settings.policy().targetLatencyMs(), 1, LATENCY_MS_MAX);
        bounded(settings.policy().maxLatencyMs(), 1, LATENCY_MS_MAX);
        for (SettingProblem problem : settings.problems()) {
            if (problem.toString().chars().anyMatch(Character::isISOControl)
                    || problem.value().length() > 65) {
                throw new AssertionError("not fit for a log: " + problem);
            }
        }
    }

    private static void bounded(Integer value, int min, int max) {
        if (value != null && (value < min || value > max)) {
            throw new AssertionError(value + " (expected: " + min + ".." + max + ")");
        }
    }

    private static String words(byte[] input) {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i < input.length; i++) {
            text.append(WORDS.get((input[i] & 0xFF) % WORDS.size()));
        }
        return text.toString();
    }

    static List<String> seeds() {
        String full = "<s:audio xmlns:s='urn:virt-sound:domain:1'>"
                + "<s:playback enabled='no' sink='alsa_output.usb' volume='80%' mute='no'/>"
                + "<s:capture policy='on' source='alsa_input.usb' volume='100%'/>"
                + "<s:latency target='30ms' max='80ms'/><s:transport type='network' address='10.47.13.3'/></s:audio>"
                + "<s:state xmlns:s='urn:virt-sound:state:1' address='10.47.13.3'/>";
        return List.of(
                "\0" + DOMAIN.formatted(full),
                "\0<domain/>",
                "\0<!DOCTYPE a [<!ENTITY b 'c'>]><domain>&b;</domain>",
                "\1" + full,
                "\1" + full.replace("s:playback", "playback").replace("80%", "800%"),
                "\1" + full.replace("ms'", "'").replace("10.47.13.3", "10.47.13.256"),
                "\1" + full.replace("'no'", "'\u0088\u009b31m\u202e'"),
                "\1" + full.replace("'no'", "'maybe'").replace("policy", "polizei"),
                "\2" + said(0, 5, 14, 25, 24, 17, 35, 36, 24, 11, 6, 19, 28, 24, 11, 1),
                "\2" + said(0, 7, 20, 33, 37, 24, 21, 34, 37, 24, 11, 8, 22, 30, 24, 23, 33, 38, 33, 24, 11, 1),
                "\2" + said(3, 9, 18, 26, 24, 11, 10, 16, 51, 24, 11, 4, 2));
    }

    private static String said(int... words) {
        return new String(words, 0, words.length);
    }
}
