package org.virtsound.audio.pulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.virtsound.audio.stream.ChannelMap;
import org.virtsound.audio.stream.SampleFormat;
import org.virtsound.audio.stream.SampleSpec;

class PcmFormatTest {
    private static final SampleSpec LIKED = new SampleSpec(SampleFormat.S16LE, 2, 48_000);

    @Test
    void aSpecComesBackAsItWasSaid() {
        for (SampleFormat format : SampleFormat.values()) {
            SampleSpec spec = new SampleSpec(format, 6, 44_100);
            ChannelMap map = new ChannelMap(List.of(1, 2, 5, 6, 3, 7));
            FormatInfo info = PcmFormat.of(spec, map);
            assertThat(PcmFormat.spec(info, LIKED)).isEqualTo(spec);
            assertThat(PcmFormat.map(info, 6)).isEqualTo(map);
        }
    }

    @Test
    void theWordsAreThoseOfPulseAudio() {
        Proplist properties = PcmFormat.of(LIKED, ChannelMap.STEREO).properties();
        assertThat(properties.text("format.sample_format")).isEqualTo("\"s16le\"");
        assertThat(properties.text("format.rate")).isEqualTo("48000");
        assertThat(properties.text("format.channels")).isEqualTo("2");
        assertThat(properties.text("format.channel_map")).isEqualTo("\"front-left,front-right\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            -                          | -                                | -          | s16le 2 48000
            ["float32le", "s16le"]     | [ 44100, 48000 ]                 | [1, 2]     | s16le 2 48000
            ["float32le", "u8"]        | [ 44100, 96000 ]                 | [6, 8]     | float32le 6 44100
            -                          | { "min": 8000, "max": 32000 }    | -          | s16le 2 32000
            -                          | { "min": 96000, "max": 192000 }  | -          | s16le 2 96000
            -                          | {"min":1,"max":999999}           | -          | s16le 2 48000
            "opus"                     | 48000                            | 2          | -
            48000                      | 48000                            | 2          | -
            "s16le"                    | 0                                | 2          | -
            "s16le"                    | 999999999                        | 2          | -
            "s16le"                    | 99999999999999                   | 2          | -
            "s16le"                    | "high"                           | 2          | -
            "s16le"                    | 48000                            | 33         | -
            """)
    void anOpenFormatIsNarrowedToWhatTheServerLikes(String format, String rate, String channels, String expected) {
        Proplist properties = Proplist.EMPTY;
        properties = format == null ? properties : properties.with("format.sample_format", format);
        properties = rate == null ? properties : properties.with("format.rate", rate);
        properties = channels == null ? properties : properties.with("format.channels", channels);
        SampleSpec spec = PcmFormat.spec(new FormatInfo(FormatInfo.PCM, properties), LIKED);
        String found = spec == null ? null : spec.format().pulseName() + " " + spec.channels() + " " + spec.rateHz();
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void aMapThatDoesNotFitGivesTheUsualOne() {
        FormatInfo stereo = PcmFormat.of(LIKED, ChannelMap.STEREO);
        assertThat(PcmFormat.map(stereo, 1)).isEqualTo(ChannelMap.MONO);
        assertThat(PcmFormat.map(FormatInfo.UNSAID, 2)).isEqualTo(ChannelMap.STEREO);
        FormatInfo nonsense = new FormatInfo(1, Proplist.of("format.channel_map", "\"left,nowhere\""));
        assertThat(PcmFormat.map(nonsense, 2)).isEqualTo(ChannelMap.STEREO);
    }

    @Test
    void compressedSoundIsNoSpec() {
        assertThat(PcmFormat.spec(new FormatInfo(2, Proplist.EMPTY), LIKED)).isNull();
    }
}
