package org.virtsound.audio.pulse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.ChannelMap;
import org.virtsound.audio.stream.SampleFormat;
import org.virtsound.audio.stream.SampleSpec;

/**
 * PCM as a {@link FormatInfo} says it: each property a piece of JSON, which is one value, a list, or of numbers a range. What a
 * client leaves open, it takes as the server likes it.
 *
 * <p>Source: native-protocol.md, 2.1.
 */
public final class PcmFormat {
    private static final String FORMAT = "format.sample_format";
    private static final String RATE = "format.rate";
    private static final String CHANNELS = "format.channels";
    private static final String MAP = "format.channel_map";

    private static final Pattern TEXT = Pattern.compile("\"([^\"\\\\]*)\"");
    private static final Pattern RANGE =
            Pattern.compile("\\{\\s*\"min\"\\s*:\\s*(\\d{1,9})\\s*,\\s*\"max\"\\s*:\\s*(\\d{1,9})\\s*}");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

    /** By their number on the wire. */
    private static final List<String> POSITIONS = Stream.of(
                    Stream.of("mono", "front-left", "front-right", "front-center", "rear-center", "rear-left"),
                    Stream.of("rear-right", "lfe", "front-left-of-center", "front-right-of-center", "side-left"),
                    Stream.of("side-right"),
                    IntStream.range(0, 32).mapToObj(i -> "aux" + i),
                    Stream.of("top-center", "top-front-left", "top-front-right", "top-front-center"),
                    Stream.of("top-rear-left", "top-rear-right", "top-rear-center"))
            .flatMap(names -> names)
            .toList();

    private PcmFormat() {}

    public static FormatInfo of(SampleSpec spec, ChannelMap map) {
        String names = map.positions().stream().map(POSITIONS::get).collect(Collectors.joining(","));
        return new FormatInfo(
                FormatInfo.PCM,
                Proplist.of(FORMAT, "\"" + spec.format().pulseName() + "\"")
                        .with(RATE, Integer.toString(spec.rateHz()))
                        .with(CHANNELS, Integer.toString(spec.channels()))
                        .with(MAP, "\"" + names + "\""));
    }

    /**
     * @param otherwise what the server likes
     * @return {@code otherwise} where the format allows it, else what is nearest to it; null where it is not PCM, or makes no sense
     */
    public static @Nullable SampleSpec spec(FormatInfo info, SampleSpec otherwise) {
        if (info.encoding() != FormatInfo.PCM) {
            return null;
        }
        SampleFormat format = format(info.properties().text(FORMAT), otherwise.format());
        int rateHz = number(info.properties().text(RATE), otherwise.rateHz());
        int channels = number(info.properties().text(CHANNELS), otherwise.channels());
        if (format == null
                || rateHz < 1
                || rateHz > SampleSpec.RATE_MAX_HZ
                || channels < 1
                || channels > SampleSpec.CHANNELS_MAX) {
            return null;
        }
        return new SampleSpec(format, channels, rateHz);
    }

    /** @return the map that the format names, the usual one where it names none for so many channels */
    public static ChannelMap map(FormatInfo info, int channels) {
        String json = info.properties().text(MAP);
        Matcher text = TEXT.matcher(json == null ? "" : json);
        if (text.matches()) {
            List<Integer> positions = Arrays.stream(text.group(1).split(",", SampleSpec.CHANNELS_MAX + 1))
                    .map(POSITIONS::indexOf)
                    .toList();
            if (positions.size() == channels && !positions.contains(-1)) {
                return new ChannelMap(positions);
            }
        }
        return ChannelMap.ofChannels(channels);
    }

    private static @Nullable SampleFormat format(@Nullable String json, SampleFormat otherwise) {
        if (json == null) {
            return otherwise;
        }
        List<String> names = new ArrayList<>();
        for (Matcher text = TEXT.matcher(json); text.find(); ) {
            names.add(text.group(1));
        }
        if (names.contains(otherwise.pulseName())) {
            return otherwise;
        }
        return Arrays.stream(SampleFormat.values())
                .filter(format -> names.contains(format.pulseName()))
                .min((a, b) -> names.indexOf(a.pulseName()) - names.indexOf(b.pulseName()))
                .orElse(null);
    }

    /** @return 0 where there is no number */
    private static int number(@Nullable String json, int otherwise) {
        if (json == null) {
            return otherwise;
        }
        Matcher range = RANGE.matcher(json);
        if (range.matches()) {
            return Math.max(Integer.parseInt(range.group(1)), Math.min(Integer.parseInt(range.group(2)), otherwise));
        }
        int first = 0;
        for (Matcher number = NUMBER.matcher(json); number.find(); ) {
            int value = Integer.parseInt(number.group());
            if (value == otherwise) {
                return value;
            }
            first = first == 0 ? value : first;
        }
        return first;
    }
}
