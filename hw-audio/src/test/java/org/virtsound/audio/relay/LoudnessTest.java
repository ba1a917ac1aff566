package org.virtsound.audio.relay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.virtsound.audio.stream.ChannelVolumes;

class LoudnessTest {
    private static final ChannelVolumes HALF = ChannelVolumes.flat(2, ChannelVolumes.NORM / 2);

    @Test
    void whatNobodySetStaysTheHosts() {
        assertThat(Loudness.volume(null, null, 2)).isNull();
        assertThat(Loudness.mute(null, null)).isNull();
    }

    @Test
    void whatOneSetCountsAsItIs() {
        assertThat(Loudness.volume(HALF, null, 2)).isEqualTo(HALF);
        assertThat(Loudness.volume(null, 50, 2)).isEqualTo(HALF);
        assertThat(Loudness.mute(true, null)).isTrue();
        assertThat(Loudness.mute(null, false)).isFalse();
    }

    @Test
    void whatBothSetIsMultiplied() {
        assertThat(Loudness.volume(HALF, 50, 2)).isEqualTo(ChannelVolumes.flat(2, ChannelVolumes.NORM / 4));
        assertThat(Loudness.volume(ChannelVolumes.flat(1, ChannelVolumes.MAX), 150, 1))
                .isEqualTo(ChannelVolumes.flat(1, ChannelVolumes.MAX));
        assertThat(Loudness.mute(false, true)).isTrue();
        assertThat(Loudness.mute(true, false)).isTrue();
    }
}
